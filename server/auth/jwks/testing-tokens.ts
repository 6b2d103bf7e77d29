import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'

/** A key pair of a provider that a test plays. */
export interface Signer {
  readonly kid: string
  readonly algorithm: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export function signer(kid: string, algorithm: 'ES256' | 'RS256' | 'EdDSA' = 'ES256'): Signer {
  return { kid, algorithm, ...pairFor(algorithm) }
}

function pairFor(algorithm: string): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return algorithm === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
}

/** The public half as a key set has it. */
export function jwkOf({ kid, algorithm, publicKey }: Signer, more: object = {}): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig', ...more }
}

export function pemOf({ publicKey }: Signer): string {
  return publicKey.export({ format: 'pem', type: 'spki' }).toString()
}

/** A token with exactly these claims. `header` is laid over what the signer says. */
export function signed(
  { kid, algorithm, privateKey }: Pick<Signer, 'kid' | 'algorithm' | 'privateKey'>,
  claims: object,
  header: object = {},
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithm, kid, ...header })
    .sign(privateKey)
}
