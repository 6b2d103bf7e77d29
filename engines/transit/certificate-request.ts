import { derElement, derElements, encodeDer, TAG } from '../../crypto/der.ts'
import { EncodingError } from '../../crypto/errors.ts'
import type { SignatureOptions } from '../../crypto/keys/algorithm.ts'
import { algorithmIdentifier } from '../../crypto/keys/pkcs8.ts'
import { invalid } from '../errors.ts'

/** Certificate requests (PKCS #10, RFC 2986). */

type Sign = (message: Buffer, how: SignatureOptions) => Buffer | Promise<Buffer>

/** A request for the public key, with subject and attributes of the template, if there is one. Throws `invalid_request`. */
export async function signedRequest(
  typeName: string,
  publicKey: Buffer,
  template: Buffer | undefined,
  sign: Sign,
): Promise<Buffer> {
  const { subject, attributes } = template === undefined ? NOTHING : takenOver(template)
  const version = encodeDer(TAG.integer, Buffer.of(0))
  const info = encodeDer(TAG.sequence, version, subject, publicKey, attributes)
  const { identifier, hash } = SCHEMES[typeName] ?? { identifier: algorithmIdentifier(publicKey), hash: 'sha2-256' }
  const how = { hash, prehashed: false, padding: 'pkcs1v15', salt: 'hash', encoding: 'der' } as const
  const signature = await sign(info, how)
  return encodeDer(TAG.sequence, info, identifier, encodeDer(TAG.bitString, Buffer.of(0), signature))
}

/** By key type; those that are not here have one identifier for key and signature (RFC 8410, 9881, 9909). */
const SCHEMES: Readonly<Record<string, { identifier: Buffer; hash: 'sha2-256' | 'sha2-384' | 'sha2-512' }>> = {
  'ecdsa-p256': { identifier: Buffer.from('300a06082a8648ce3d040302', 'hex'), hash: 'sha2-256' },
  'ecdsa-p384': { identifier: Buffer.from('300a06082a8648ce3d040303', 'hex'), hash: 'sha2-384' },
  'ecdsa-p521': { identifier: Buffer.from('300a06082a8648ce3d040304', 'hex'), hash: 'sha2-512' },
  'rsa-2048': { identifier: Buffer.from('300d06092a864886f70d01010b0500', 'hex'), hash: 'sha2-256' },
  'rsa-3072': { identifier: Buffer.from('300d06092a864886f70d01010b0500', 'hex'), hash: 'sha2-256' },
  'rsa-4096': { identifier: Buffer.from('300d06092a864886f70d01010b0500', 'hex'), hash: 'sha2-256' },
}

interface TakenOver {
  readonly subject: Buffer
  readonly attributes: Buffer
}

const NOTHING: TakenOver = { subject: encodeDer(TAG.sequence), attributes: encodeDer(TAG.context0) }

/** The template's own key and signature are of no account. */
function takenOver(template: Buffer): TakenOver {
  try {
    const [info] = derElements(derElement(template, TAG.sequence).body)
    const [version, subject, key, attributes, ...others] = info === undefined ? [] : derElements(info.body)
    const isRequest =
      version?.tag === TAG.integer &&
      subject?.tag === TAG.sequence &&
      key?.tag === TAG.sequence &&
      (attributes === undefined || attributes.tag === TAG.context0) &&
      others.length === 0
    if (!isRequest) throw new EncodingError('no request')
    return { subject: subject.whole, attributes: attributes?.whole ?? NOTHING.attributes }
  } catch (error) {
    if (error instanceof EncodingError) throw invalid('could not parse the CSR')
    throw error
  }
}
