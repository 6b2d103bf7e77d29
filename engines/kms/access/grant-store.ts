import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import type { EncryptionContext } from '../cryptography/encryption-context.ts'
import { refused } from '../errors.ts'
import type { GrantOperation } from './actions.ts'

/** A permission of one principal to do some things with one key, until it is retired or revoked. */
export interface Grant {
  /** 64 digits of hexadecimal, as AWS's. */
  readonly id: string
  readonly name: string | undefined
  readonly grantee: string
  readonly retiring: string | undefined
  readonly operations: readonly GrantOperation[]
  readonly constraints: GrantConstraints | undefined
  readonly createdMs: number
  /** Who made it. */
  readonly issuer: string
}

/** Of cryptographic operations alone. */
export interface GrantConstraints {
  /** The encryption context is this one. */
  readonly equals?: EncryptionContext
  /** The encryption context has at least these pairs. */
  readonly subset?: EncryptionContext
}

export const GRANTS_MAX = 500

const GRANTS = 'grants/'
const codec = json<readonly Grant[]>()
const NONE: readonly Grant[] = []

/** The grants of a key, the oldest first. */
export async function grantsOf(reader: Reader, keyId: string): Promise<readonly Grant[]> {
  return (await reader.get(GRANTS + keyId, codec)) ?? NONE
}

export function saveGrants(tx: Tx, keyId: string, grants: readonly Grant[]): void {
  if (grants.length > GRANTS_MAX) throw refused('LimitExceeded', `a key has at most ${GRANTS_MAX} grants`)
  if (grants.length === 0) tx.delete(GRANTS + keyId)
  else tx.put(GRANTS + keyId, grants, codec)
}

/** What names a grant and its key. It is no secret and gives nothing: it is there at once for all who have it. */
export function grantToken(keyId: string, { id }: Pick<Grant, 'id'>): string {
  return Buffer.from(`${keyId.replaceAll('-', '')}${id}`, 'hex').toString('base64url')
}

const TOKEN_HEX = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})([0-9a-f]{64})$/

export interface NamedGrant {
  readonly keyId: string
  readonly grantId: string
}

/** Throws InvalidGrantToken. */
export function parsedGrantToken(token: string): NamedGrant {
  const bytes = token.length > 100 ? '' : Buffer.from(token, 'base64url').toString('hex')
  const [, a, b, c, d, e, grantId] = TOKEN_HEX.exec(bytes) ?? []
  if (grantId === undefined) throw refused('InvalidGrantToken', 'not a grant token')
  return { keyId: `${a}-${b}-${c}-${d}-${e}`, grantId }
}
