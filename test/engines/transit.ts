import { transit } from '../../engines/transit/index.ts'
import { MountedEngine } from './mounted-engine.ts'

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
export const HELLO = base64('hello')

/** How every decryption that is no good reads. */
export const FAILED = 'invalid_request: cipher: message authentication failed'

/** Transit with one key, `k`. */
export async function withKey(settings: object = {}): Promise<MountedEngine> {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', settings)
  return mount
}

/** The ciphertext of HELLO. */
export async function encrypted(mount: MountedEngine, extra: object = {}): Promise<string> {
  return String((await mount.data('update', 'encrypt/k', { plaintext: HELLO, ...extra })).ciphertext)
}
