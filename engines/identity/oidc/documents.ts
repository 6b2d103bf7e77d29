import { document, json } from '../../../storage/codec.ts'
import { invalid } from '../../errors.ts'

/** What is stored for identity tokens. Moments are milliseconds since the epoch. */

export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** A public key as it is published: RFC 7517. */
export type PublicJwk = Readonly<Record<string, string>>

export interface KeyPair {
  readonly kid: string
  /** PKCS #8. */
  readonly privateKey: Uint8Array
  readonly publicKey: PublicJwk
}

/** A public key that tokens are still verified with. */
export interface Retired {
  readonly publicKey: PublicJwk
  readonly expiresAtMs: number
}

export interface NamedKey {
  readonly algorithm: Algorithm
  readonly rotationSeconds: number
  /** How long a public key is published after the last token that was signed with it. */
  readonly verificationSeconds: number
  /** '*': any. */
  readonly allowedClientIds: readonly string[]
  readonly signing: KeyPair
  /** Published already, so that whoever keeps the published keys for a while knows it when it signs. */
  readonly next: KeyPair
  readonly retired: readonly Retired[]
  readonly rotateAtMs: number
}

export interface OidcRole {
  readonly key: string
  readonly template: string
  readonly clientId: string
  readonly ttlSeconds: number
}

/** '' stands for the address that the server gives out for itself. */
export interface OidcConfig {
  readonly issuer: string
}

export const keyCodec = document<NamedKey>()
export const roleCodec = json<OidcRole>()
export const configCodec = json<OidcConfig>()

/** Rows of the mount's store. */
export const oidcRows = {
  config: 'oidc/config',
  keys: 'oidc/key/',
  key: (name: string): string => `oidc/key/${checkedOidcName(name)}`,
  roles: 'oidc/role/',
  role: (name: string): string => `oidc/role/${checkedOidcName(name)}`,
} as const

/** Throws EgideError `invalid_request` for what can't be the name of something below `oidc/`. */
export function checkedOidcName(name: string): string {
  if (!/^\w([\w.-]{0,254}\w)?$/.test(name)) throw invalid('a name has letters, digits, "_", "-" and "." within it')
  return name
}
