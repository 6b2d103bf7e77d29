import { createHash } from 'node:crypto'

/**
 * Ed25519ph (RFC 8032 section 5.1), with an empty context, over a SHA-512 hash that the caller made: OpenSSL's is not
 * within reach of Node. Nonces come out of the key and the hash, so no randomness is needed.
 */

const PREHASHED_BYTES = 64

const sha512 = (message: Uint8Array): Uint8Array<ArrayBuffer> => createHash('sha512').update(message).digest()

const LABEL = Buffer.from('SigEd25519 no Ed25519 collisions')

/** dom2 of RFC 8032 section 2. */
const domain = (data: Uint8Array, context: Uint8Array, phflag: boolean): Uint8Array<ArrayBuffer> =>
  Buffer.concat([LABEL, Buffer.of(phflag ? 1 : 0, context.length), context, data])

/** Section 5.1.5: which bits of a private scalar are set and which are not. */
function adjustScalarBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const adjusted = Uint8Array.from(bytes)
  adjusted[0] = (adjusted[0] ?? 0) & 248
  adjusted[31] = ((adjusted[31] ?? 0) & 127) | 64
  return adjusted
}

/** Loaded when first used: most servers never are asked for it. */
async function ed25519ph() {
  const [{ ed25519 }, { eddsa }] = await Promise.all([
    import('@noble/curves/ed25519.js'),
    import('@noble/curves/abstract/edwards.js'),
  ])
  // The message that it gets is hashed already; that there is a prehash at all sets the domain's flag.
  const prehash = (hashed: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(hashed)
  return eddsa(ed25519.Point, sha512 as never, { adjustScalarBytes, domain, prehash: prehash as never, zip215: false })
}

/** `seed` is the private key's 32 bytes, `hashed` the SHA-512 hash of the message. The signature has 64 bytes. */
export async function signEd25519ph(seed: Buffer, hashed: Buffer): Promise<Buffer> {
  return Buffer.from((await ed25519ph()).sign(hashed, seed))
}

/** `point` is the public key's 32 bytes. What is no hash, signature or point at all is false, too. */
export async function verifyEd25519ph(point: Buffer, hashed: Buffer, signature: Buffer): Promise<boolean> {
  if (hashed.length !== PREHASHED_BYTES) return false
  try {
    return (await ed25519ph()).verify(signature, hashed, point)
  } catch {
    return false // what is no signature or no point at all
  }
}
