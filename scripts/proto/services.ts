/** Which service a row belongs to, and which methods are not one JSON object asked for and one given. */

export interface ServicePlan {
  readonly name: string
  readonly comment: string
}

export const SERVICES: readonly ServicePlan[] = [
  { name: 'Sys', comment: 'The server itself: seal, keys, mounts of engines, wrapping, what it is doing.' },
  { name: 'Auth', comment: 'Auth methods: where they are mounted and how they are tuned.' },
  { name: 'Token', comment: 'Tokens: making, looking up, renewing and revoking them.' },
  { name: 'AppRole', comment: 'Logins of machines with a role id and a secret id.' },
  { name: 'Userpass', comment: 'Logins of people with a name and a password.' },
  { name: 'Jwt', comment: 'Logins with signed tokens and at OpenID providers.' },
  { name: 'Cert', comment: 'Logins with TLS client certificates.' },
  { name: 'Identity', comment: 'Who logs in, whatever way they come: entities, groups, and what they are given.' },
  { name: 'Kubernetes', comment: 'Logins with tokens of Kubernetes service accounts.' },
  { name: 'Policy', comment: 'Policies: what tokens may do, and why.' },
  { name: 'Kv', comment: 'Secrets that are stored: with versions, in the flat form, and plain.' },
  { name: 'Cubbyhole', comment: 'Secrets of one token, which nobody else can read and which end with it.' },
  { name: 'Transit', comment: 'Cryptography with named keys that never leave the server.' },
  { name: 'Kms', comment: 'Keys with a managed life: states, aliases, policies, grants, rotation, deletion.' },
  { name: 'Pki', comment: 'Certificates: a certificate authority, its roles, and what it revoked.' },
  { name: 'Ssh', comment: 'Logins over SSH: signed keys of users and hosts, and one-time passwords.' },
  { name: 'Totp', comment: 'One-time codes by time: made, and checked.' },
  { name: 'Lease', comment: 'Leases: what was given out for a time, and how it is renewed and revoked.' },
  { name: 'Audit', comment: 'Audit devices and what they hash.' },
]

/** One mount of the reference as services see it. The first prefix that a pattern starts with decides. */
export interface MountPlan {
  readonly services: readonly (readonly [prefix: string, service: string])[]
  /** Whether the engine may be mounted anywhere, so that requests can say where. */
  readonly movable: boolean
  /** Ends the names of what would else be called as another variant's. */
  readonly suffix: string
}

export const MOUNTS: Readonly<Record<string, MountPlan>> = {
  'sys/': {
    services: [
      ['audit', 'Audit'],
      ['config/auditing/', 'Audit'],
      ['leases', 'Lease'],
      ['polic', 'Policy'],
      ['roles', 'Policy'],
      ['capabilities', 'Policy'],
      ['internal/ui/resultant-acl', 'Policy'],
      ['auth', 'Auth'],
      ['locked-users', 'Auth'],
      ['mfa', 'Auth'],
      ['', 'Sys'],
    ],
    movable: false,
    suffix: '',
  },
  'auth/token/': { services: [['', 'Token']], movable: false, suffix: '' },
  'auth/approle/': { services: [['', 'AppRole']], movable: true, suffix: '' },
  'auth/userpass/': { services: [['', 'Userpass']], movable: true, suffix: '' },
  'auth/jwt/': { services: [['', 'Jwt']], movable: true, suffix: '' },
  'auth/cert/': { services: [['', 'Cert']], movable: true, suffix: '' },
  'identity/': { services: [['', 'Identity']], movable: false, suffix: '' },
  'auth/kubernetes/': { services: [['', 'Kubernetes']], movable: true, suffix: '' },
  'cubbyhole/': { services: [['', 'Cubbyhole']], movable: false, suffix: '' },
  'secret/': { services: [['', 'Kv']], movable: true, suffix: '' },
  'secrets/': { services: [['', 'Kv']], movable: true, suffix: 'Flat' },
  'kv/': { services: [['', 'Kv']], movable: true, suffix: 'Plain' },
  'pki/': { services: [['', 'Pki']], movable: true, suffix: '' },
  'ssh/': { services: [['', 'Ssh']], movable: true, suffix: '' },
  'totp/': { services: [['', 'Totp']], movable: true, suffix: '' },
  'kms/': { services: [['', 'Kms']], movable: true, suffix: '' },
  'transit/': { services: [['', 'Transit']], movable: true, suffix: '' },
}

/** Replies that are no JSON object: their bytes are given as they are. */
export const RAW: ReadonlySet<string> = new Set([
  'sys/ metrics read',
  'sys/ internal/specs/openapi read',
  'pki/ ca read',
  'pki/ ca/pem read',
  'pki/ ca_chain read',
  'pki/ cert/:serial/raw read',
  'pki/ cert/:serial/raw/pem read',
  'pki/ issuer/:issuer_ref/pem read',
  'pki/ issuer/:issuer_ref/der read',
  'pki/ crl read',
  'pki/ crl/pem read',
  'pki/ crl/delta read',
  'pki/ crl/delta/pem read',
  'pki/ issuer/:issuer_ref/crl/der read',
  'pki/ issuer/:issuer_ref/crl/pem read',
  'pki/ issuer/:issuer_ref/crl/delta/der read',
  'pki/ issuer/:issuer_ref/crl/delta/pem read',
  'pki/ crl/shard/:shard read',
  'pki/ issuer/:issuer_ref/crl/shard/:shard read',
  'pki/ ocsp/:req* read',
  'pki/ ocsp update',
  'ssh/ public_key read',
  'ssh/ issuer/:issuer_ref/public_key read',
])
/** Raw replies without an end: a stream of their pieces. */
export const RAW_STREAMS: ReadonlySet<string> = new Set([
  'sys/ monitor read',
  'sys/ storage/snapshot read',
  'sys/ storage/check read',
])
/** Their HTTP status tells a load balancer what the reply says anyway. */
export const STATUS_IN_REPLY: ReadonlySet<string> = new Set(['sys/ health read'])
/** Pipelined forms of a method: each message is a request of its own, answers keep the order. */
export const DUPLEX: Readonly<Record<string, string>> = {
  'transit/ encrypt/:name update': 'EncryptStream',
  'transit/ decrypt/:name update': 'DecryptStream',
}
