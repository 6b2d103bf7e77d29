import { ApiError } from '../../../sdk/errors.ts'
import { isJsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { type Failure, misuse, remote } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
import { joinPath, trimPath } from '../../path.ts'
import type { Session } from '../../session.ts'

export const MOUNT = {
  mount: { kind: 'text', help: 'Where the store is mounted. Without it, the first part of the path says so.' },
} as const satisfies Flags

/** What of a versioned store a request is about. */
type Part = 'data' | 'metadata' | 'delete' | 'undelete' | 'destroy'

/** A secret's place, in a store whose kind is known. */
export class KvPath {
  readonly versioned: boolean
  readonly #mount: string
  readonly #inside: string

  constructor(mount: string, inside: string, versioned: boolean) {
    this.#mount = mount
    this.#inside = inside
    this.versioned = versioned
  }

  /** The API's path; a store without versions has only one for each secret. */
  api(part: Part): string {
    return this.versioned ? joinPath(this.#mount, part, this.#inside) : joinPath(this.#mount, this.#inside)
  }
}

/** Asks the server what is mounted there. Two spellings: `-mount=secret app` and `secret/app`. */
export async function locate(session: Session, given: string, mountFlag: string | undefined): Promise<KvPath> {
  const path = trimPath(given)
  const asked = mountFlag ? trimPath(mountFlag) : path
  const found = await remote('', mountOf(session.preflight, asked))
  if (mountFlag) return new KvPath(found.mount || asked, path, found.versioned)
  return new KvPath(...splitAt(found.mount, path), found.versioned)
}

/** As locate, for what only versioned stores can do. */
export async function locateVersioned(
  session: Session,
  given: string,
  mountFlag: string | undefined,
  refusal: Failure,
): Promise<KvPath> {
  const place = await locate(session, given, mountFlag)
  if (!place.versioned) throw refusal
  return place
}

async function mountOf(client: Logical, path: string): Promise<{ mount: string; versioned: boolean }> {
  try {
    const { data } = await client.json('GET', `sys/internal/ui/mounts/${path}`)
    if (!isJsonObject(data)) return { mount: '', versioned: false }
    const options = isJsonObject(data.options) ? data.options : {}
    return { mount: typeof data.path === 'string' ? trimPath(data.path) : '', versioned: options.version === '2' }
  } catch (error) {
    // A server too old to be asked has no versioned stores. A namespace that is not there is told with that reason.
    const isTold = error instanceof ApiError && error.asked.namespace !== '' && error.errors.length > 0
    if (error instanceof ApiError && error.status === 404 && !isTold) return { mount: '', versioned: false }
    throw error
  }
}

/**
 * The mount's path may begin with namespaces that the given path, being relative to one, does not have:
 * they are left away until the two fit.
 */
function splitAt(mount: string, path: string): [mount: string, inside: string] {
  const parts = mount.split('/')
  for (let from = 0; from < parts.length; from++) {
    const relative = parts.slice(from).join('/')
    if (path === relative) return [relative, '']
    if (relative !== '' && path.startsWith(`${relative}/`)) return [relative, path.slice(relative.length + 1)]
  }
  return ['', path]
}

/** `-versions=1,2 -versions=3` as one list. */
export function versionsOf(flags: readonly string[] | undefined): string[] {
  const versions = (flags ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
  if (versions.some((version) => !/^\d+$/.test(version)))
    throw misuse('invalid value for flag -versions: numbers are needed')
  return versions
}
