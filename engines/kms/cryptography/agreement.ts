import { KeyRefused } from '../../../crypto/keys/errors.ts'
import { publicKeyOf } from '../../../crypto/keys/pkcs8.ts'
import type { Call } from '../access/authorization.ts'
import { refused, refusing } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import { checkLength, refuseDryRun, usableKey } from '../usable-key.ts'
import { readyKey, requireMethod } from './ready-key.ts'

/** ECDH (NIST SP 800-56A): a secret that the holder of the other key's private part can make as well. */

export interface DeriveRequest {
  readonly key: string
  /** SubjectPublicKeyInfo, on the same curve. */
  readonly publicKey: Buffer
  readonly algorithm?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface DerivedSecret {
  readonly keyId: string
  readonly algorithm: string
  readonly origin: Key['origin']
  /** Raw, and no key yet. The caller may zero it. */
  readonly sharedSecret: Buffer
}

const PUBLIC_KEY_MAX = 8192

export async function deriveSharedSecret(call: Call, request: DeriveRequest): Promise<DerivedSecret> {
  const { publicKey, algorithm: asked, grantTokens } = request
  checkLength('public_key', publicKey, 1, PUBLIC_KEY_MAX)
  const wanted = { action: 'DeriveSharedSecret', usage: 'KEY_AGREEMENT', algorithm: asked, grantTokens } as const
  const { key, algorithm } = await usableKey(call, request.key, wanted)
  refuseDryRun(call)
  const sharedSecret = await refusing(() => {
    const agree = requireMethod(readyKey(key).pair.agree, key)
    return agreed(() => agree(publicKeyOf(publicKey)))
  })
  return { keyId: key.id, algorithm, origin: key.origin, sharedSecret }
}

/** OpenSSL's own reasons say nothing that a caller could use. */
function agreed(work: () => Buffer): Buffer {
  try {
    return work()
  } catch (error) {
    if (error instanceof KeyRefused) throw error
    throw refused('Validation', 'the public key does not fit the key')
  }
}
