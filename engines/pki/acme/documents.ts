import { json } from '../../../storage/codec.ts'

/** What ACME stores. Moments are milliseconds since the epoch. */

export interface AcmeConfig {
  readonly enabled: boolean
  readonly allowed_roles: readonly string[]
  readonly allowed_issuers: readonly string[]
  readonly allow_role_ext_key_usage: boolean
  /** 'sign-verbatim', 'forbid', or 'role:NAME'. */
  readonly default_directory_policy: string
  readonly dns_resolver: string
  readonly eab_policy: EabPolicy
  /** Longest life of a certificate in seconds; a role may say less. */
  readonly max_ttl: number
  readonly http_challenge_port: number
  readonly tls_alpn_challenge_port: number
  /** Accounts that one address may make in an hour; 0: any number. */
  readonly new_account_limit: number
  /** Orders that one account may make in an hour; 0: any number. */
  readonly new_order_limit: number
  /** Orders of one account that wait to be carried out; 0: any number. */
  readonly pending_order_limit: number
}
/** Highest pending_order_limit: who is at theirs is looked at, order by order, each time that they ask for one more. */
export const PENDING_ORDERS_MAX = 1_000
export const EAB_POLICIES = ['not-required', 'new-account-required', 'always-required'] as const
export type EabPolicy = (typeof EAB_POLICIES)[number]

export interface Jwk {
  readonly kty: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
}

export interface Account {
  readonly id: string
  readonly status: 'valid' | 'deactivated' | 'revoked'
  readonly jwk: Jwk
  readonly thumbprint: string
  readonly contact: readonly string[]
  readonly termsOfServiceAgreed: boolean
  /** Key id of the external account, or ''. */
  readonly eab: string
  /** Directory that the external account is for. Absent: there is none, or this was written before it was kept. */
  readonly eabDirectory?: string
  readonly createdMs: number
  /** When it was deactivated or revoked. */
  readonly endedMs?: number
}

export interface Identifier {
  readonly type: 'dns' | 'ip'
  /** Without the `*.` of a wildcard where it stands in an authorization. */
  readonly value: string
}

export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid'

export interface Order {
  readonly id: string
  readonly accountId: string
  readonly status: OrderStatus
  readonly identifiers: readonly Identifier[]
  readonly authorizations: readonly string[]
  readonly expiresMs: number
  /** Until when it and what belongs to its certificate are remembered: longer than that lives. Absent before there was a max_ttl. */
  readonly keptUntilMs?: number
  readonly notBefore: string
  readonly notAfter: string
  /** Directory that it was ordered from. */
  readonly role: string
  readonly issuerRef: string
  /** Identifier of the certificate that its own is to replace (RFC 9773, 5), as it was given. Absent: of none. */
  readonly replaces?: string
  /** Number of the certificate, when it is there. */
  readonly serial: string
  /** When its certificate began to be made. */
  readonly processingMs: number
  readonly error?: { readonly type: string; readonly detail: string }
}

export const CHALLENGES = ['http-01', 'dns-01', 'tls-alpn-01'] as const
export type ChallengeType = (typeof CHALLENGES)[number]

export interface Challenge {
  readonly type: ChallengeType
  readonly token: string
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid'
  readonly validatedMs: number
  readonly attempts: number
  readonly error?: { readonly type: string; readonly detail: string }
}

export interface Authorization {
  readonly id: string
  readonly accountId: string
  /** The order that it is one of. Absent: it was written before this was kept. */
  readonly orderId?: string
  readonly identifier: Identifier
  readonly wildcard: boolean
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired'
  readonly expiresMs: number
  readonly challenges: readonly Challenge[]
}

/** An external account key: who has it may make one account. */
export interface Eab {
  readonly id: string
  readonly key: string
  readonly createdMs: number
  /** Directory it is for, such as roles/web/acme/. */
  readonly directory: string
}

/** Of the second generation since it has max_ttl. */
export const configCodec = json<AcmeConfig>(1)
export const accountCodec = json<Account>()
export const orderCodec = json<Order>()
export const authorizationCodec = json<Authorization>()
export const eabCodec = json<Eab>()
export const textCodec = json<string>()

export const acmeRows = {
  config: 'config/acme',
  nonceKey: 'acme/nonce-key',
  usedNonce: (nonce: string): string => `acme/nonces/${nonce}`,
  account: (id: string): string => `acme/accounts/${id}`,
  accounts: 'acme/accounts/',
  /** The account of a key, by its thumbprint. */
  accountOf: (thumbprint: string): string => `acme/keys/${thumbprint}`,
  order: (id: string): string => `acme/orders/${id}`,
  ordersOf: (account: string): string => `acme/account-orders/${account}/`,
  /** Those that are not carried out yet. */
  openOrders: (account: string): string => `acme/open-orders/${account}/`,
  openOrder: (account: string, order: string): string => `acme/open-orders/${account}/${order}`,
  authorization: (id: string): string => `acme/authorizations/${id}`,
  /** Authorization by which an account has proven a name, such as dns:*.example.com. */
  proven: (account: string, name: string): string => `acme/proven/${account}/${name}`,
  /** Who is being asked to prove something: so that another process goes on with it. */
  queue: 'acme/queue/',
  queued: (authorization: string, type: ChallengeType): string => `acme/queue/${authorization}:${type}`,
  /** Account that a certificate was issued to. */
  certificate: (serial: string): string => `acme/certificates/${serial}`,
  replaced: (serial: string): string => `acme/replaced/${serial}`,
  eab: (id: string): string => `acme/eab/${id}`,
  eabs: 'acme/eab/',
} as const
