import { type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import { type End, settleTogether } from './settle-together.ts'

type SigningKey = KeyObject | SignKeyObjectInput

/**
 * On a thread of Node's pool, so that others are served in the meantime: a signature of RSA or ML-DSA takes from a third of a
 * millisecond to some. `hash`: OpenSSL's name; null where the algorithm has its own.
 */
export function signAside(hash: string | null, data: Uint8Array, key: SigningKey): Promise<Buffer> {
  return settleTogether(begin(hash, data, key))
}

/** As `signAside`, of what takes ten times as long and more: others would wait for it. */
export function signLongAside(hash: string | null, data: Uint8Array, key: SigningKey): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    begin(hash, data, key)((error, signature) => (error ? reject(error) : resolve(signature)))
  })
}

const begin =
  (hash: string | null, data: Uint8Array, key: SigningKey) =>
  (end: End<Buffer>): void =>
    sign(hash, data, key, end)
