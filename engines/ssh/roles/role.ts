import { json } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import { isRowName } from '../../row-name.ts'
import type { RsaHash } from '../keys/signer.ts'

/** What certificates, or one-time passwords, of a role are like: https://openbao.org/api-docs/secret/ssh/#createupdate-role */

export interface OtpRole {
  readonly keyType: 'otp'
  readonly defaultUser: string
  /** Names with commas between; '*' for any. */
  readonly allowedUsers: string
  /** Addresses and blocks. */
  readonly cidrs: readonly string[]
  readonly excludedCidrs: readonly string[]
  readonly port: number
}

export interface CaRole {
  readonly keyType: 'ca'
  readonly issuerRef: string
  readonly allowUserCertificates: boolean
  readonly allowHostCertificates: boolean
  readonly allowEmptyPrincipals: boolean
  readonly defaultUser: string
  readonly defaultUserTemplate: boolean
  /** Names with commas between; '*' for any, '' for none. */
  readonly allowedUsers: string
  readonly allowedUsersTemplate: boolean
  readonly allowedDomains: string
  readonly allowedDomainsTemplate: boolean
  readonly allowBareDomains: boolean
  readonly allowSubdomains: boolean
  readonly allowCommasInTemplates: boolean
  /** Undefined of a role that an older version wrote: false. */
  readonly allowWildcardsInTemplates?: boolean
  readonly allowUserKeyIds: boolean
  readonly keyIdFormat: string
  readonly allowedCriticalOptions: string
  readonly allowedExtensions: string
  readonly defaultCriticalOptions: Readonly<Record<string, string>>
  readonly defaultExtensions: Readonly<Record<string, string>>
  readonly defaultExtensionsTemplate: boolean
  /** Types of keys to sizes; no types: all that are signed here. */
  readonly allowedKeyLengths: Readonly<Record<string, readonly number[]>>
  /** `default`: SHA-256. For RSA issuers. */
  readonly algorithmSigner: 'default' | RsaHash
  readonly notBeforeSeconds: number
  /** 0: the mount's. */
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
}

export type Role = OtpRole | CaRole

export const roleCodec = json<Role>()
export const ROLES = 'roles/'

export async function roleNamed(reader: Reader, name: string): Promise<Role | undefined> {
  return isRowName(name) ? reader.get(ROLES + name, roleCodec) : undefined
}

/** The items of a list as roles keep it. */
export function items(list: string): readonly string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Whether the names include any name at all. Only a list that is nothing else does. */
export const allowsAny = (list: string): boolean => list.trim() === '*'
