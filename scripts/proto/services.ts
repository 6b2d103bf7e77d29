/** Which service a row belongs to and what its methods are called. */

export interface ServicePlan {
  readonly name: string
  readonly comment: string
}

export const SERVICES: readonly ServicePlan[] = [
  { name: 'Sys', comment: 'The server itself: seal, keys, mounts of engines, wrapping, what it is doing.' },
  { name: 'Auth', comment: 'Auth methods: where they are mounted and how they are tuned.' },
  { name: 'Token', comment: 'Tokens: making, looking up, renewing and revoking them.' },
  { name: 'Jwt', comment: 'Logins with signed tokens and at OpenID providers.' },
  { name: 'Cert', comment: 'Logins with TLS client certificates.' },
  { name: 'Policy', comment: 'Policies: what tokens may do, and why.' },
  { name: 'Kv', comment: 'Secrets that are stored: with versions, in the flat form, and plain.' },
  { name: 'Cubbyhole', comment: 'Secrets of one token, which nobody else can read and which end with it.' },
  { name: 'Transit', comment: 'Cryptography with named keys that never leave the server.' },
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
      ['capabilities', 'Policy'],
      ['internal/ui/resultant-acl', 'Policy'],
      ['auth', 'Auth'],
      ['', 'Sys'],
    ],
    movable: false,
    suffix: '',
  },
  'auth/token/': { services: [['', 'Token']], movable: false, suffix: '' },
  'auth/jwt/': { services: [['', 'Jwt']], movable: true, suffix: '' },
  'auth/cert/': { services: [['', 'Cert']], movable: true, suffix: '' },
  'cubbyhole/': { services: [['', 'Cubbyhole']], movable: false, suffix: '' },
  'secret/': { services: [['', 'Kv']], movable: true, suffix: '' },
  'secrets/': { services: [['', 'Kv']], movable: true, suffix: 'Flat' },
  'kv/': { services: [['', 'Kv']], movable: true, suffix: 'Plain' },
  'transit/': { services: [['', 'Transit']], movable: true, suffix: '' },
}

/**
 * What the methods of a row are about, where the literal parts of its pattern do not say it well. '' is the service's own
 * subject. A name with '=' in front is the whole name of the row's only method.
 */
export const NOUNS: Readonly<Record<string, string>> = {
  'sys/ audit': 'Devices',
  'sys/ audit/:path*': 'Device',
  'sys/ audit-hash/:path*': '=Hash',
  'sys/ audit-evidence/:path*': 'Evidence',
  'sys/ audit-chain-key/:path*': 'ChainKey',
  'sys/ config/auditing/request-headers': 'RequestHeaders',
  'sys/ config/auditing/request-headers/:header': 'RequestHeader',
  'sys/ leases': 'Irrevocable',
  'sys/ leases/count': '=Count',
  'sys/ leases/tidy': '=Tidy',
  'sys/ leases/renew': '=Renew',
  'sys/ leases/revoke': '=Revoke',
  'sys/ leases/revoke-prefix/:prefix*': '=RevokePrefix',
  'sys/ leases/revoke-force/:prefix*': '=RevokeForce',
  'sys/ leases/lookup/:prefix*': 'Below',
  'sys/ mounts/:path*': 'Mount',
  'sys/ mounts/:path*/tune': 'MountTuning',
  'sys/ auth': 'Methods',
  'sys/ auth/:path*': 'Method',
  'sys/ auth/:path*/tune': 'Tuning',
  'sys/ namespaces/:path*': 'Namespace',
  'sys/ namespaces/api-lock/lock/:path**': '=LockNamespace',
  'sys/ namespaces/api-lock/unlock/:path**': '=UnlockNamespace',
  'sys/ remount/status/:migration_id': 'RemountStatus',
  'sys/ tools/hash': '=Hash',
  'sys/ tools/random': '=Random',
  'sys/ in-flight-req': 'InFlightRequests',
  'sys/ monitor': '=Monitor',
  'sys/ storage/snapshot': '=Snapshot',
  'sys/ storage/snapshot/key': 'SnapshotKey',
  'sys/ storage/check': '=CheckStorage',
  'sys/ config/state/sanitized': 'Configuration',
  'sys/ config/ui/headers/:header': 'ConfigUiHeader',
  'sys/ internal/inspect/router/:tag': 'InternalRouter',
  'sys/ internal/inspect/request': 'InternalRequest',
  'sys/ internal/specs/openapi': 'OpenApi',
  'sys/ internal/ui/mounts': 'VisibleMounts',
  'sys/ internal/ui/mounts/:path*': 'VisibleMount',
  'sys/ internal/ui/namespaces': 'VisibleNamespaces',
  'sys/ internal/ui/resultant-acl': 'ResultantAcl',
  'sys/ policies/acl': 'AclPolicies',
  'sys/ policies/acl/:name*': 'AclPolicy',
  'sys/ policies/detailed/acl': 'AclPoliciesDetailed',
  'sys/ policies/detailed/acl/:name*': 'AclPoliciesDetailedBelow',
  'sys/ policies/password': 'PasswordPolicies',
  'sys/ policies/password/:name*': 'PasswordPolicy',
  'sys/ policies/password/:name*/generate': '=GeneratePassword',
  'sys/ policies/explain': '=Explain',
  'sys/ policies/explain-self': '=ExplainSelf',
  'sys/ init': 'Init',
  'sys/ health': 'Health',
  'sys/ seal-status': 'SealStatus',
  'auth/token/ create/:role_name': '=CreateUnderRole',
  'auth/token/ roles/:role_name': 'Role',
  'auth/token/ lookup': '=Lookup',
  'auth/token/ lookup-self': '=LookupSelf',
  'auth/jwt/ role': 'Roles',
  'auth/jwt/ login': '=Login',
  'auth/jwt/ oidc/auth_url': '=OidcAuthUrl',
  'auth/jwt/ oidc/poll': '=OidcPoll',
  'auth/cert/ login': '=Login',
  'auth/cert/ certs': 'Roles',
  'auth/cert/ certs/:name': 'Role',
  'auth/cert/ crls/:name': 'Crl',
  'cubbyhole/ :path**': '',
  'secret/ data/:path*': '',
  'secret/ delete/:path*': '=DeleteVersions',
  'secret/ undelete/:path*': '=UndeleteVersions',
  'secret/ destroy/:path*': '=DestroyVersions',
  'secret/ detailed-metadata/:path**': 'Detailed',
  'transit/ keys/:name': 'Key',
  'transit/ keys/:name/config': '=ConfigureKey',
  'transit/ keys/:name/rotate': '=RotateKey',
  'transit/ keys/:name/trim': '=TrimKey',
  'transit/ datakey/:plaintext/:name': '=CreateDataKey',
  'transit/ sign/:name': '=Sign',
  'transit/ sign/:name/:urlalgorithm': '=SignWithAlgorithm',
  'transit/ verify/:name': '=Verify',
  'transit/ verify/:name/:urlalgorithm': '=VerifyWithAlgorithm',
  'transit/ hmac/:name': '=Hmac',
  'transit/ hmac/:name/:urlalgorithm': '=HmacWithAlgorithm',
  'transit/ encapsulate/:name': '=Encapsulate',
  'transit/ decapsulate/:name': '=Decapsulate',
  'transit/ hash': '=Hash',
  'transit/ hash/:urlalgorithm': '=HashWithAlgorithm',
  'transit/ random': '=Random',
  'transit/ random/:source_or_bytes': '=RandomFrom',
  'transit/ random/:source/:urlbytes': '=RandomFromOf',
  'transit/ wrapping_key': 'WrappingKey',
  'transit/ keys/:name/import': '=ImportKey',
  'transit/ keys/:name/import_version': '=ImportKeyVersion',
  'transit/ keys/:name/soft-delete': '=SoftDeleteKey',
  'transit/ keys/:name/soft-delete-restore': '=RestoreSoftDeletedKey',
  'transit/ keys/:name/csr': '=CreateCertificateRequest',
  'transit/ keys/:name/set-certificate': '=SetCertificate',
  'transit/ export/:type/:name': '=ExportKey',
  'transit/ export/:type/:name/:version': '=ExportKeyVersion',
  'transit/ byok-export/:destination/:source': '=ExportWrappedKey',
  'transit/ byok-export/:destination/:source/:version': '=ExportWrappedKeyVersion',
  'transit/ backup/:name': '=BackupKey',
  'transit/ restore': '=RestoreKey',
  'transit/ restore/:name': '=RestoreKeyAs',
  'transit/ derive-key/:name': '=DeriveKey',
  'transit/ config/keys': 'KeysConfig',
  'transit/ cache-config': 'CacheConfig',
}

/** Names of single operations, by mount, pattern and operation. */
export const METHOD_NAMES: Readonly<Record<string, string>> = {
  'sys/ init update': 'Init',
  'sys/ init read': 'ReadInitStatus',
  'sys/ policies/acl/:name* list': 'ListAclPoliciesBelow',
  'sys/ health read': 'Health',
  'sys/ leader read': 'Leader',
  'sys/ seal-status read': 'SealStatus',
  'sys/ leases/lookup update': 'Lookup',
  'sys/ leases/lookup list': 'List',
  'sys/ leases/lookup/:prefix* list': 'ListBelow',
  'sys/ leases read': 'ReadAll',
  'sys/ audit/:path* update': 'EnableDevice',
  'sys/ audit/:path* delete': 'DisableDevice',
  'sys/ mounts/:path* update': 'Mount',
  'sys/ mounts/:path* delete': 'Unmount',
  'sys/ auth/:path* update': 'Enable',
  'sys/ auth/:path* delete': 'Disable',
  'sys/ wrapping/wrap update': 'Wrap',
  'sys/ wrapping/unwrap update': 'Unwrap',
  'sys/ wrapping/rewrap update': 'Rewrap',
  'sys/ wrapping/lookup update': 'LookupWrapping',
  'sys/ internal/specs/openapi read': 'ReadOpenApi',
  'auth/token/ accessors list': 'ListAccessors',
  'auth/jwt/ oidc/callback read': 'OidcCallback',
  'auth/jwt/ oidc/callback update': 'OidcPost',
  'secret/ metadata/:path** list': 'List',
  'secret/ metadata/:path** scan': 'Scan',
}

/** Replies that are no JSON object: their bytes are given as they are. */
export const RAW: ReadonlySet<string> = new Set(['sys/ metrics read', 'sys/ internal/specs/openapi read'])
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
