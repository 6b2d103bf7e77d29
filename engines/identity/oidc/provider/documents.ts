import { document, json } from '../../../../storage/codec.ts'
import { checkedOidcName } from '../documents.ts'

/** What is stored for the OpenID provider. Moments are milliseconds since the epoch. */

/** Who may log in at a client: entities, and whoever is in one of these groups. */
export interface Assignment {
  readonly entityIds: readonly string[]
  readonly groupIds: readonly string[]
}

/** Claims that a client may ask for by the scope's name. */
export interface Scope {
  readonly template: string
  readonly description: string
}

export const CLIENT_TYPES = ['confidential', 'public'] as const

/** An application that people log in at: OAuth's client, a relying party. */
export interface Client {
  readonly id: string
  /** UTF-8. A public client can keep none. */
  readonly secret: Uint8Array | undefined
  readonly type: (typeof CLIENT_TYPES)[number]
  readonly redirectUris: readonly string[]
  readonly assignments: readonly string[]
  readonly key: string
  readonly idTokenSeconds: number
  readonly accessTokenSeconds: number
  readonly mayUseCodes: boolean
  readonly mayUseItsCredentials: boolean
}

export interface Provider {
  /** Origin; '' stands for the address that the server gives out for itself. */
  readonly issuer: string
  /** '*': any. */
  readonly allowedClientIds: readonly string[]
  readonly scopes: readonly string[]
}

export const CHALLENGE_METHODS = ['plain', 'S256'] as const

/** RFC 7636. */
export interface Challenge {
  readonly method: (typeof CHALLENGE_METHODS)[number]
  readonly text: string
}

/** What an authorization code stands for. It lies in the store, so that any node may exchange it, and goes by itself. */
export interface Authorization {
  readonly provider: string
  readonly clientId: string
  readonly entityId: string
  readonly redirectUri: string
  /** '': none. */
  readonly nonce: string
  readonly scopes: readonly string[]
  /** When the entity logged in; undefined: the client did not ask. */
  readonly authTimeMs: number | undefined
  readonly challenge: Challenge | undefined
  readonly expiresAtMs: number
  /** Row of the access token that it was exchanged for: it goes when the code comes again. */
  readonly exchangedFor: string | undefined
}

/** What an access token stands for. */
export interface Access {
  readonly provider: string
  readonly clientId: string
  readonly entityId: string
  readonly scopes: readonly string[]
  readonly expiresAtMs: number
}

export const assignmentCodec = json<Assignment>()
export const scopeCodec = json<Scope>()
export const clientCodec = document<Client>()
export const providerCodec = json<Provider>()
export const authorizationCodec = json<Authorization>()
export const accessCodec = json<Access>()
/** The client of an id, by its name. */
export const clientNameCodec = json<{ readonly name: string }>()

/** There without having been made. Vault's names. */
export const ALLOW_ALL = 'allow_all'
export const DEFAULT_PROVIDER = 'default'

/** Rows of the mount's store. */
export const providerRows = {
  assignments: 'oidc/assignment/',
  assignment: (name: string): string => `oidc/assignment/${checkedOidcName(name)}`,
  scopes: 'oidc/scope/',
  scope: (name: string): string => `oidc/scope/${checkedOidcName(name)}`,
  clients: 'oidc/client/',
  client: (name: string): string => `oidc/client/${checkedOidcName(name)}`,
  clientId: (id: string): string => `oidc/client-id/${id}`,
  providers: 'oidc/provider/',
  provider: (name: string): string => `oidc/provider/${checkedOidcName(name)}`,
  /** By SHA-256 of the code or token, in base64url: neither can be read off a row. */
  code: (hash: string): string => `oidc/code/${hash}`,
  access: (hash: string): string => `oidc/access/${hash}`,
} as const
