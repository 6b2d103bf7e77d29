import { constants, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { signAside } from '../../../crypto/keys/sign-aside.ts'
import { publicKeyOf, type SshPublicKey } from './public-key.ts'
import { mpint, string } from './wire.ts'

/** Signatures as SSH writes them (RFC 4253, 6.6; RFC 5656, 3.1.2; RFC 8332, 3; RFC 8709, 6). */

export type RsaHash = 'rsa-sha2-256' | 'rsa-sha2-512'

export interface Signer {
  readonly publicKey: SshPublicKey
  /** The name of the algorithm and the signature. */
  sign(data: Buffer): Promise<Buffer>
}

/** `hash` is for RSA keys; the others have one that goes with them. */
export function signerOf(key: KeyObject, hash: RsaHash): Signer {
  const publicKey = publicKeyOf(createPublicKey(key))
  return { publicKey, sign: (data) => signatureOf(key, publicKey, hash, data) }
}

async function signatureOf(key: KeyObject, publicKey: SshPublicKey, hash: RsaHash, data: Buffer): Promise<Buffer> {
  const named = (algorithm: string, signature: Uint8Array): Buffer =>
    Buffer.concat([string(algorithm), string(signature)])
  if (publicKey.type === 'rsa')
    return named(hash, await signAside(opensslHash(hash), data, { key, padding: constants.RSA_PKCS1_PADDING }))
  if (publicKey.type === 'ed25519') return named(publicKey.algorithm, sign(null, data, key))
  const both = sign(ecdsaHash(publicKey.bits), data, { key, dsaEncoding: 'ieee-p1363' })
  const half = both.length / 2
  const pair = Buffer.concat([mpint(both.subarray(0, half)), mpint(both.subarray(half))])
  return named(publicKey.algorithm, pair)
}

const opensslHash = (hash: RsaHash): string => (hash === 'rsa-sha2-512' ? 'sha512' : 'sha256')
const ecdsaHash = (bits: number): string => (bits === 256 ? 'sha256' : bits === 384 ? 'sha384' : 'sha512')

/** Whether the private key's own halves belong together: a signature by an inconsistent RSA key can give its primes away. */
export function halvesMatch(key: KeyObject): boolean {
  const probe = Buffer.from('egide')
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  try {
    return verify(hash, probe, createPublicKey(key), sign(hash, probe, key))
  } catch {
    return false
  }
}
