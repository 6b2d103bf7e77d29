import { ApiError } from '../../../../sdk/errors.ts'
import { isJsonObject, type JsonObject } from '../../../../sdk/json.ts'
import type { Logical } from '../../../../sdk/logical.ts'
import { misuse, remote } from '../../../failure.ts'
import { joinPath } from '../../../path.ts'
import { type Certificate, parseCertificate } from '../certificate.ts'
import { textOf, textsOf } from '../issuer.ts'
import { denied, type Finding, unsupported } from './finding.ts'

/** What there is at a path; else why it is not known, if that is something to tell. */
export interface Fetched {
  readonly endpoint: string
  readonly data: JsonObject | undefined
  readonly problem: Finding | undefined
}

/** Names, each with what there is at its path. */
export interface FetchedAll {
  readonly found: readonly (readonly [name: string, data: JsonObject])[]
  readonly problems: readonly Finding[]
}

const PAGE = 10_000
/** What the health check ends with when it cannot be done: 2 and more are what it says of the mount. */
const NOT_DONE = 1

/** A mount of type pki, seen through a token that need not be allowed everything. Each path is asked for once. */
export class Mount {
  readonly path: string
  readonly client: Logical
  readonly #fetched = new Map<string, Promise<Fetched>>()

  constructor(client: Logical, path: string) {
    this.client = client
    this.path = path
  }

  /** How findings name a path below the mount. */
  endpoint(inside: string): string {
    return `/${joinPath(this.path, inside)}`
  }

  read(inside: string): Promise<Fetched> {
    return this.#once(this.endpoint(inside), [])
  }

  tuning(): Promise<Fetched> {
    return this.#once(`/sys/mounts/${this.path}/tune`, [])
  }

  /** The names directly below; `problem` where they are not known. */
  async list(inside: string): Promise<{ names: readonly string[]; problem: Finding | undefined }> {
    const { data, problem } = await this.#once(this.endpoint(inside), [['list', 'true']])
    return { names: textsOf(data?.keys), problem }
  }

  /** How many names there are directly below, counted until `enough`. */
  async count(inside: string, enough: number): Promise<{ count: number; problem: Finding | undefined }> {
    let count = 0
    for (let after = ''; ; ) {
      const query = [['list', 'true'] as const, ['limit', String(PAGE)] as const, ['after', after] as const]
      const { data, problem } = await this.#ask(this.endpoint(inside), query)
      const names = textsOf(data?.keys)
      count += names.length
      // A server that knows no pages gives all at once.
      if (problem !== undefined || names.length !== PAGE || count >= enough) return { count, problem }
      after = names.at(-1) ?? ''
    }
  }

  /** What is at `inside/NAME` for each name of a list. */
  async all(list: string, at: (name: string) => string, most = Number.POSITIVE_INFINITY): Promise<FetchedAll> {
    const { names, problem } = await this.list(list)
    const found: [string, JsonObject][] = []
    const problems: Finding[] = problem === undefined ? [] : [problem]
    for (const name of names.slice(0, most)) {
      const one = await this.read(at(name))
      if (one.data !== undefined) found.push([name, one.data])
      else if (one.problem !== undefined) problems.push(one.problem)
    }
    return { found, problems }
  }

  /** The certificates of the mount's issuers, by id. */
  async issuers(): Promise<{
    found: readonly (readonly [id: string, certificate: Certificate])[]
    problems: readonly Finding[]
  }> {
    const listed = await this.list('issuers')
    if (listed.names.length === 0 && listed.problem === undefined) throw misuse('the mount has no issuers yet')
    const { found, problems } = await this.all('issuers', (id) => `issuer/${id}/json`)
    return { found: certificatesOf(found), problems }
  }

  #once(endpoint: string, query: readonly (readonly [string, string])[]): Promise<Fetched> {
    const key = `${endpoint}?${query.join('&')}`
    let fetched = this.#fetched.get(key)
    if (fetched === undefined) {
      fetched = this.#ask(endpoint, query)
      this.#fetched.set(key, fetched)
    }
    return fetched
  }

  async #ask(endpoint: string, query: readonly (readonly [string, string])[]): Promise<Fetched> {
    const path = endpoint.slice(1)
    try {
      const { data } = await this.client.json('GET', path, { query })
      return { endpoint, data: isJsonObject(data) ? data : {}, problem: undefined }
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500)
        return remote(`Error reading ${path}`, Promise.reject(error), { exitCode: NOT_DONE })
      return { endpoint, data: undefined, problem: problemOf(error, endpoint) }
    }
  }
}

/** Those of what was found that are certificates: a number may be kept without one. */
export function certificatesOf(
  found: readonly (readonly [name: string, data: JsonObject])[],
): readonly (readonly [name: string, certificate: Certificate])[] {
  return found.flatMap(([name, data]) => {
    try {
      return [[name, parseCertificate(textOf(data, 'certificate'))] as const]
    } catch {
      return []
    }
  })
}

/** What is simply not there is no problem. */
function problemOf(error: ApiError, endpoint: string): Finding | undefined {
  const said = error.errors.join(' ')
  if (said.includes('route entry not found')) throw misuse(`${endpoint}: there is no such mount`)
  if (error.status === 403) return denied(endpoint)
  return said.includes('unsupported path') ? unsupported(endpoint) : undefined
}

/** Throws Failure unless a mount of type pki is there, as far as the token can see. */
export async function checkedMount(client: Logical, path: string): Promise<Mount> {
  if (path.startsWith('auth/')) throw misuse('an auth method is no mount of type pki')
  const mount = new Mount(client, path)
  const seen = await new Mount(client, 'sys/internal/ui/mounts').read(path)
  if (seen.data !== undefined) {
    if (seen.data.type !== 'pki') throw misuse(`${path} is a mount of type ${textOf(seen.data, 'type')}, not pki`)
    return mount
  }
  const authority = await mount.read('cert/ca')
  if (textOf(authority.data ?? {}, 'certificate') === '')
    throw misuse(`${path} is no mount of type pki, or may not be seen`)
  return mount
}
