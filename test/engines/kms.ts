import { EgideError } from '../../engines/errors.ts'
import { kms } from '../../engines/kms/index.ts'
import { CALLER, MountedEngine } from './mounted-engine.ts'

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
export const HELLO = base64('hello')

export const bytesOf = (data: Readonly<Record<string, unknown>>, name: string): Buffer =>
  Buffer.from(String(data[name]), 'base64')

/** A mount with a key `k` (an alias), and the key's id. */
export async function withKey(settings: object = {}): Promise<{ mount: MountedEngine; id: string }> {
  const mount = new MountedEngine(kms)
  const made = await mount.data('update', 'keys/k', settings)
  return { mount, id: String(made.key_id) }
}

/** What a request is refused with, by its kind. Fails when it is not refused, or without a kind. */
export async function kindOfRefusal(
  mount: MountedEngine,
  path: string,
  data: object = {},
  options: { operation?: 'update' | 'read' | 'delete' | 'list'; caller?: typeof CALLER } = {},
): Promise<unknown> {
  const { operation = 'update', caller = CALLER } = options
  const outcome = await mount.call(operation, path, data, caller).catch((error: unknown) => error)
  if (!(outcome instanceof EgideError)) throw new Error(`not refused: ${JSON.stringify(outcome)}`, { cause: outcome })
  return outcome.kind ?? `${outcome.code}: ${outcome.message}`
}
