import { ApiError } from '../../../sdk/errors.ts'
import type { JsonObject } from '../../../sdk/json.ts'
import type { Secret } from '../../../sdk/secret.ts'
import { parseData } from '../../arguments.ts'
import { command } from '../../command.ts'
import { Failure, misuse, remote } from '../../failure.ts'
import type { Session } from '../../session.ts'
import { warn } from '../../terminal.ts'
import { dataOf, readVersion } from './current.ts'
import { locateVersioned, MOUNT } from './mount.ts'
import { printWritten } from './written.ts'

export const patch = command({
  usage: '[options] KEY [DATA]',
  description: 'Changes some fields of a secret, and leaves the others. DATA is given as for put.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: {
    ...MOUNT,
    cas: { kind: 'integer', help: 'Change only if this is the current version.' },
    method: {
      kind: 'text',
      help: 'patch: one HTTP PATCH. rw: read, change here, write back. Default: patch, else rw.',
    },
    'remove-data': { kind: 'list', help: 'Remove this field. Repeatable.' },
  },
  async run({ args: [key = '', ...fields], flags, session }) {
    const removed = flags['remove-data'] ?? []
    if (fields.length === 0 && removed.length === 0)
      throw misuse('Must supply data: KEY=VALUE, or @file or - for a JSON object')
    const changes = { ...(await parseData(fields)), ...Object.fromEntries(removed.map((name) => [name, null])) }
    const refusal = new Failure('K/V engine mount must be version 2 for patch support', 2)
    const place = await locateVersioned(session, key, flags.mount, refusal)
    const path = place.api('data')
    return printWritten(
      session,
      path,
      await change(session, flags.method ?? '', { path, changes, cas: flags.cas ?? 0 }),
    )
  },
})

interface Patch {
  readonly path: string
  /** A field that is null is removed. */
  readonly changes: JsonObject
  /** The version that may be changed; 0: the current one, whichever that is. */
  readonly cas: number
}

async function change(session: Session, method: string, asked: Patch): Promise<Secret | undefined> {
  const { path, changes, cas } = asked
  if (method === 'rw') return readThenWrite(session, asked)
  if (method !== 'patch' && method !== '') throw misuse(`Unsupported method provided to -method flag: ${method}`)
  const merge = session.client.patch(path, { data: changes, options: cas > 0 ? { cas } : {} })
  const doing = `Error writing data to ${path}`
  if (method === 'patch') return remote(doing, merge)
  return remote(
    doing,
    merge.catch((error: unknown) => {
      warnOfFallBack(path, error)
      return readThenWrite(session, asked)
    }),
  )
}

/** Throws `error`, unless it is of a server without PATCH or a policy that does not grant it: reading and writing may still be allowed. */
function warnOfFallBack(path: string, error: unknown): void {
  if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 405)) throw error
  if (error.status === 403) {
    warn(
      `PATCH was refused at ${path}: trying to read and write instead. Grant the "patch" capability to change it in one step.`,
    )
  }
}

/** The version read is the one that may be replaced, so that nobody's change in between is lost; `cas` above 0 is another. */
async function readThenWrite(session: Session, { path, changes, cas }: Patch): Promise<Secret | undefined> {
  const current = await readVersion(session.preflight, path)
  const merged = Object.entries({ ...dataOf(current, path), ...changes }).filter(([, value]) => value !== null)
  const body = {
    data: Object.fromEntries(merged),
    options: { cas: cas > 0 ? cas : (current.metadata.version ?? null) },
  }
  return remote(`Error writing data to ${path}`, session.client.write(path, body))
}
