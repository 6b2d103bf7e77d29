import type { AuthAlias } from '../../../engines/engine.ts'
import { matchesGlob } from '../../../engines/glob.ts'
import { type Claims, TokenRefused } from '../jwks/verify-token.ts'
import { type JwtConfig, PROVIDERS } from './config.ts'
import { effectiveLeeways, type Leeways } from './leeways.ts'
import type { JwtRole } from './role.ts'

/** What a role asks of the claims of a token whose signature is good. Everything throws TokenRefused. */

export function checkTimes(claims: Claims, leeways: Leeways, nowSeconds: number): void {
  const issued = timeOf(claims, 'iat')
  const given = { notBefore: timeOf(claims, 'nbf'), expires: timeOf(claims, 'exp') }
  if (issued === undefined && given.notBefore === undefined && given.expires === undefined) {
    throw new TokenRefused('it has none of the claims iat, nbf and exp')
  }
  const started = Math.max(issued ?? 0, given.notBefore ?? 0)
  const { expirationSeconds, notBeforeSeconds, clockSkewSeconds: skew } = effectiveLeeways(leeways)
  const expires = given.expires ?? started + expirationSeconds
  const notBefore = given.notBefore ?? issued ?? expires - notBeforeSeconds
  if (nowSeconds - skew > expires) throw new TokenRefused('it is expired')
  if (nowSeconds + skew < notBefore) throw new TokenRefused('it is not yet valid')
  if (issued !== undefined && nowSeconds + skew < issued) throw new TokenRefused('it was issued in the future')
}

/** Zero and null are no time, as for Vault. */
function timeOf(claims: Claims, name: string): number | undefined {
  const value = ownOf(claims, name)
  if (value === undefined || value === null || value === 0) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TokenRefused(`the claim ${name} is no time`)
  return value
}

export function checkIssuer(claims: Claims, expected: string): void {
  const issuer = textOf(claims, 'iss')
  if (expected !== '' && issuer !== expected) throw new TokenRefused('it is by another issuer')
}

export function checkSubject(claims: Claims, expected: string): void {
  const subject = textOf(claims, 'sub')
  if (expected !== '' && subject !== expected) throw new TokenRefused('it is about another subject')
}

/** Of a claim that is text wherever it is (RFC 7519, 4.1). */
function textOf(claims: Claims, name: string): string | undefined {
  const value = ownOf(claims, name) ?? undefined
  if (value !== undefined && typeof value !== 'string') throw new TokenRefused(`the claim ${name} is no text`)
  return value
}

/** One of the token's audiences must be one of the role's; a token that is meant for somebody fits no role that names nobody. */
export function checkAudiences(claims: Claims, bound: readonly string[]): void {
  const audiences = audiencesOf(claims)
  if (bound.length === 0) {
    if (audiences.length > 0) throw new TokenRefused('it has audiences, and the role has none')
  } else if (!audiences.some((audience) => bound.includes(audience))) {
    throw new TokenRefused('it is for other audiences')
  }
}

export function audiencesOf(claims: Claims): readonly string[] {
  const raw = ownOf(claims, 'aud')
  if (raw === undefined || raw === null) return []
  const list = Array.isArray(raw) ? raw : [raw]
  if (!list.every((audience) => typeof audience === 'string'))
    throw new TokenRefused('the claim aud is no text or list')
  return list
}

export function checkBoundClaims(claims: Claims, { boundClaims, boundClaimsType }: JwtRole): void {
  for (const [name, wanted] of Object.entries(boundClaims)) {
    const had = scalarsOf(claimAt(claims, name))
    const values = scalarsOf(wanted) ?? []
    if (had === undefined)
      throw new TokenRefused(`the claim ${name} is missing, or neither text, number, flag nor list`)
    if (!values.some((one) => had.some((value) => isMatch(one, value, boundClaimsType)))) {
      throw new TokenRefused(`the claim ${name} has none of the values that the role asks for`)
    }
  }
}

type Scalar = string | number | boolean

function isMatch(wanted: Scalar, value: Scalar, type: JwtRole['boundClaimsType']): boolean {
  if (type === 'string') return wanted === value
  return typeof wanted === 'string' && typeof value === 'string' && matchesGlob(wanted, value)
}

/** A list of the text, numbers and flags; undefined for what is neither one of them nor a list. */
export function scalarsOf(raw: unknown): readonly Scalar[] | undefined {
  const list = (Array.isArray(raw) ? raw : [raw]).map((item) =>
    JSON.isRawJSON(item) ? Number(JSON.stringify(item)) : item,
  )
  const scalars = list.filter(
    (item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean',
  )
  return scalars.length === 0 && list.length > 0 ? undefined : scalars
}

/** A claim by its name, or by a JSON pointer (RFC 6901) to where it is. */
export function claimAt(claims: Claims, place: string): unknown {
  if (!place.startsWith('/')) return ownOf(claims, place)
  let found: unknown = claims
  for (const step of place.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(found)) found = /^(0|[1-9]\d*)$/.test(name) ? found[Number(name)] : undefined
    else found = ownOf(found, name)
  }
  return found
}

/** What prototypes bring along is no claim. */
function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

/** Who logged in, by the role's claims. */
export interface Identity {
  readonly alias: AuthAlias
  readonly groups: readonly string[]
}

export function identityOf(claims: Claims, role: JwtRole, roleName: string, provider: JwtConfig['provider']): Identity {
  const name = role.userClaimIsPointer ? claimAt(claims, role.userClaim) : ownOf(claims, role.userClaim)
  if (typeof name !== 'string' || name === '')
    throw new TokenRefused(`the claim ${role.userClaim} is missing or no text`)
  const metadata: [string, string][] = []
  for (const [from, to] of Object.entries(role.claimMappings)) {
    const value = claimAt(claims, from)
    if (value === undefined || value === null) continue
    if (typeof value !== 'string') throw new TokenRefused(`the claim ${from} is no text`)
    metadata.push([to, value])
  }
  const alias = { name, metadata: Object.fromEntries([...metadata, ['role', roleName]]) }
  return { alias, groups: role.groupsClaim === '' ? [] : groupsOf(claims, role.groupsClaim, provider) }
}

function groupsOf(claims: Claims, claim: string, provider: JwtConfig['provider']): readonly string[] {
  const raw = claimAt(claims, claim)
  // Some providers send a list as one text.
  const groups: unknown = provider !== '' && typeof raw === 'string' ? raw.split(PROVIDERS[provider]) : raw
  const list: readonly unknown[] = Array.isArray(groups) ? groups : [groups]
  if (!list.every((group) => typeof group === 'string')) {
    throw new TokenRefused(`the claim ${claim} is missing, or no text or list of it`)
  }
  return list.filter((group) => group !== '')
}
