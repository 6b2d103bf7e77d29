import { cubbyhole } from '../../engines/cubbyhole/index.ts'
import type { Engine, Route } from '../../engines/engine.ts'
import { identity } from '../../engines/identity/index.ts'
import { kms } from '../../engines/kms/index.ts'
import { kv } from '../../engines/kv/index.ts'
import { pki } from '../../engines/pki/index.ts'
import { ssh } from '../../engines/ssh/index.ts'
import { system } from '../../engines/system/index.ts'
import { totp } from '../../engines/totp/index.ts'
import { transit } from '../../engines/transit/index.ts'
import { approle } from '../auth/approle/index.ts'
import { certMethod } from '../auth/cert/index.ts'
import { jwt, oidc } from '../auth/jwt/index.ts'
import { kubernetes } from '../auth/kubernetes/index.ts'
import { token } from '../auth/token/index.ts'
import { userpass } from '../auth/userpass/index.ts'
import { INITIAL_MOUNTS } from '../core/initial-mounts.ts'

/** Every engine and auth method of this server, by type. Adding one is its folder and its line here. */
export const ENGINES: ReadonlyMap<string, Engine<never>> = new Map(
  [
    approle,
    certMethod,
    cubbyhole,
    identity,
    jwt,
    kms,
    kubernetes,
    kv,
    oidc,
    pki,
    ssh,
    system,
    token,
    totp,
    transit,
    userpass,
  ].map((engine) => [engine.type, engine as Engine<never>]),
)

/** A mount as references show it. */
export interface ReferenceMount {
  readonly path: string
  readonly description: string
  readonly routes: readonly Route<never>[]
}

/** What a new vault has, and the engines that have to be mounted first: all that this version can serve. */
export function referenceMounts(): readonly ReferenceMount[] {
  const more = [
    { path: 'totp/', type: 'totp', options: {}, description: 'one-time codes by time' },
    { path: 'kv/', type: 'kv', options: { version: '1' }, description: 'key/value secrets' },
    {
      path: 'auth/approle/',
      type: 'approle',
      options: {},
      description: 'logins of machines with a role id and a secret id',
    },
    { path: 'auth/userpass/', type: 'userpass', options: {}, description: 'logins with a name and a password' },
    { path: 'auth/jwt/', type: 'jwt', options: {}, description: 'logins with signed tokens and at OpenID providers' },
    { path: 'auth/kubernetes/', type: 'kubernetes', options: {}, description: 'logins of Kubernetes service accounts' },
    { path: 'auth/cert/', type: 'cert', options: {}, description: 'logins with TLS client certificates' },
    { path: 'pki/', type: 'pki', options: {}, description: 'certificates' },
    { path: 'ssh/', type: 'ssh', options: {}, description: 'logins over SSH' },
  ]
  return [...INITIAL_MOUNTS, ...more].map(({ path, type, options, description }) => {
    const engine = ENGINES.get(type)
    if (engine === undefined) throw new Error(`there is no engine of type ${type}`)
    const routes = typeof engine.routes === 'function' ? engine.routes(options) : engine.routes
    return { path, description, routes }
  })
}
