import type { EngineContext } from '../../engine.ts'
import type { IssuerDocument } from '../documents.ts'
import { findIssuer } from '../issuers/find.ts'
import { momentOf } from '../roles/fields.ts'
import { DEFAULT_ROLE, type Role, roleNamed } from '../roles/role.ts'
import { roleFor } from '../roles/templates.ts'
import { acmeConfig } from './config.ts'
import { Problem } from './problem.ts'

/** Role and issuer of a directory. */
export interface Directory {
  readonly role: string
  readonly issuerRef: string
}

/** What a directory gives at one moment. */
export interface Terms {
  /** With the life that certificates of ACME may have then. It asks for no common name, which a request seldom has. */
  readonly role: Role
  /** A name of the order is to be the common name where the request has none. */
  readonly namesFirst: boolean
  readonly issuer: IssuerDocument
  readonly nowMs: number
}

/** The terms that a directory gives now. Throws Problem where it gives none. */
export async function directoryTerms(
  directory: Directory,
  { store, namespace, clock, mount }: EngineContext,
): Promise<Terms> {
  const config = await acmeConfig(store)
  const closed = (): Problem => new Problem('unauthorized', 'this directory is not open')
  if (!config.enabled) throw closed()
  const byPolicy = config.default_directory_policy.startsWith('role:') ? config.default_directory_policy.slice(5) : ''
  const name = directory.role || byPolicy
  if (directory.role === '' && config.default_directory_policy === 'forbid') throw closed()
  if (directory.role !== '' && !config.allowed_roles.includes('*') && !config.allowed_roles.includes(directory.role))
    throw closed()
  const found = name === '' ? VERBATIM : await roleNamed(store, name)
  if (found === undefined || found.noStore) throw closed()
  // An ACME account is no entity: what a role's templates would give to one, it gives to none.
  const role = name === '' ? found : withPurposes(roleFor(found, undefined, namespace), config.allow_role_ext_key_usage)
  const issuer = await findIssuer(store, directory.issuerRef || role.issuerRef || 'default')
  if (issuer === undefined) throw closed()
  if (directory.issuerRef !== '' && !config.allowed_issuers.includes('*')) {
    const allowed = await Promise.all(config.allowed_issuers.map((ref) => findIssuer(store, ref)))
    if (!allowed.some((one) => one?.id === issuer.id)) throw closed()
  }
  const nowMs = clock.now()
  const life = { most: config.max_ttl, byDefault: mount.defaultLeaseTtlSeconds }
  return { role: withLife(role, life, nowMs), namesFirst: found.requireCn, issuer, nowMs }
}

/** Without a role any name will do that is proven. */
const VERBATIM: Role = {
  ...DEFAULT_ROLE,
  allowAnyName: true,
  keyType: 'any',
  requireCn: false,
  clientFlag: false,
  cnValidations: ['disabled'],
}

function withPurposes(role: Role, isAllowed: boolean): Role {
  const base = { ...role, requireCn: false, generateLease: false }
  if (isAllowed) return base
  return {
    ...base,
    serverFlag: true,
    clientFlag: false,
    codeSigningFlag: false,
    emailProtectionFlag: false,
    extKeyUsage: [],
    extKeyUsageOids: [],
  }
}

/** Of certificates by ACME, in seconds. `byDefault`: where the role says nothing. */
interface Life {
  readonly most: number
  readonly byDefault: number
}

function withLife(role: Role, { most, byDefault }: Life, nowMs: number): Role {
  const maxTtlSeconds = role.maxTtlSeconds === 0 ? most : Math.min(most, role.maxTtlSeconds)
  const lastMs = nowMs + maxTtlSeconds * 1000
  return {
    ...role,
    maxTtlSeconds,
    notAfter: role.notAfter === '' ? '' : noLater(role.notAfter, lastMs),
    ttlSeconds: Math.min(role.ttlSeconds || byDefault, maxTtlSeconds),
    notAfterBound: endBound(role, lastMs),
  }
}

/** How far an order may choose its end: not at all where the role says so, and never beyond what the role gives without it. */
function endBound({ notAfterBound }: Role, lastMs: number): string {
  if (momentOf(notAfterBound) !== undefined) return noLater(notAfterBound, lastMs)
  return notAfterBound === 'forbid' ? 'forbid' : 'ttl-limited'
}

const noLater = (moment: string, lastMs: number): string =>
  (momentOf(moment) ?? lastMs) < lastMs ? moment : new Date(lastMs).toISOString()
