import { type Configuration, fetchUserInfo, genericGrantRequest } from 'openid-client'
import type { EngineContext } from '../../../../engines/engine.ts'
import { KeysUnavailable } from '../../jwks/key-source.ts'
import { Unreachable } from '../../jwks/outgoing-fetch.ts'
import { type Claims, TokenRefused } from '../../jwks/verify-token.ts'
import {
  audiencesOf,
  checkAudiences,
  checkBoundClaims,
  checkIssuer,
  checkSubject,
  checkTimes,
  type Identity,
  identityOf,
} from '../claims.ts'
import { effectiveLeeways } from '../leeways.ts'
import type { Provider } from '../provider.ts'
import type { JwtRole } from '../role.ts'
import type { Attempt } from './attempt.ts'

/** What the provider gives for a code. */
export interface Given {
  readonly idToken: string
  /** '': the provider posted the ID token alone. */
  readonly accessToken: string
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** Exchanges the code that came with a callback. Rejects with TokenRefused or KeysUnavailable. */
export function exchangeCode(openid: Configuration, code: string, attempt: Attempt): Promise<Given> {
  const parameters = { code, redirect_uri: attempt.redirectUri, code_verifier: attempt.verifier }
  return granted(openid, 'authorization_code', parameters).catch((error: unknown) => {
    throw failureOf('the code', error)
  })
}

/** Asks for the tokens of a device code. Rejects with TokenRefused or KeysUnavailable. */
export async function exchangeDeviceCode(openid: Configuration, deviceCode: string): Promise<Given | NotYet> {
  try {
    return await granted(openid, DEVICE_GRANT, { device_code: deviceCode })
  } catch (error) {
    const word = wordOf(error)
    if (word === 'authorization_pending' || word === 'slow_down') return { notYet: word }
    throw failureOf('the device', error)
  }
}

export interface NotYet {
  readonly notYet: 'authorization_pending' | 'slow_down'
}

async function granted(openid: Configuration, type: string, parameters: Record<string, string>): Promise<Given> {
  const { id_token: idToken, access_token: accessToken } = await genericGrantRequest(openid, type, parameters)
  if (idToken === undefined) throw new TokenRefused('the provider gave no ID token')
  return { idToken, accessToken }
}

/** A provider that can't be asked has refused nobody. */
function failureOf(what: string, error: unknown): Error {
  const isAway = error instanceof Unreachable || (error instanceof Error && error.cause instanceof Unreachable)
  if (isAway) return new KeysUnavailable('the provider cannot be asked', { cause: error })
  return new TokenRefused(`the provider refuses ${what}: ${reasonOf(error)}`)
}

/** Of an error that the provider named by OAuth's words. */
function wordOf(error: unknown): string | undefined {
  const word = error instanceof Error && 'error' in error ? error.error : undefined
  return typeof word === 'string' ? word.slice(0, 100) : undefined
}

/** Never the error's cause: it may hold a token. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed'
  return wordOf(error) ?? error.message
}

export interface Login {
  readonly provider: Provider
  readonly openid: Configuration
  readonly role: JwtRole
  readonly roleName: string
  readonly nonce: string
}

/** Who logged in, by what the provider gave. Rejects with TokenRefused, or with KeysUnavailable. */
export async function identityFrom(
  login: Login,
  { idToken, accessToken }: Given,
  context: EngineContext,
): Promise<Identity> {
  const { provider, openid, role, roleName } = login
  const claims = await provider.verify(idToken)
  const nowSeconds = context.clock.now() / 1000
  checkTimes(claims, role.leeways, nowSeconds)
  checkIdToken(claims, login)
  checkAuthenticationAge(claims, role, nowSeconds)
  checkIssuer(claims, provider.config.boundIssuer)
  checkSubject(claims, role.boundSubject)
  if (role.boundAudiences.length > 0) checkAudiences(claims, role.boundAudiences)
  const all = accessToken === '' ? claims : await withUserInfo(openid, claims, accessToken, context)
  if (role.verboseLogging) context.log.debug({ role: roleName, claims: Object.keys(all) }, 'claims of a login')
  checkBoundClaims(all, role)
  return identityOf(all, role, roleName, provider.config.provider)
}

/** OpenID Connect Core 1.0, section 3.1.3.7. */
function checkIdToken(claims: Claims, { provider, openid, nonce }: Login): void {
  const { issuer } = openid.serverMetadata()
  const { clientId } = provider.config
  // Entra ID's pages for every tenant say so by this mark in their issuer.
  checkIssuer(claims, issuer.replace('{tenantid}', String(claims.tid)))
  const audiences = audiencesOf(claims)
  if (!audiences.includes(clientId)) throw new TokenRefused('the ID token is for another client')
  if ((audiences.length > 1 || claims.azp !== undefined) && claims.azp !== clientId) {
    throw new TokenRefused('the ID token was asked for by another client')
  }
  if (typeof claims.sub !== 'string' || claims.sub === '') throw new TokenRefused('the ID token has no subject')
  if (claims.exp === undefined || claims.iat === undefined) throw new TokenRefused('the ID token has no exp or no iat')
  if (nonce !== '' && claims.nonce !== nonce) throw new TokenRefused('the ID token has another nonce')
}

/** The provider was asked for it, and has to say that it did. */
function checkAuthenticationAge(claims: Claims, { maxAgeSeconds, leeways }: JwtRole, nowSeconds: number): void {
  if (maxAgeSeconds === 0) return
  const at = claims.auth_time
  if (typeof at !== 'number') throw new TokenRefused('the ID token does not say when they were asked who they are')
  const { clockSkewSeconds } = effectiveLeeways(leeways)
  if (at + maxAgeSeconds + clockSkewSeconds < nowSeconds)
    throw new TokenRefused('it is too long ago that they were asked who they are')
}

/** What the provider tells of the person beside the ID token, whose own claims count first: they are signed. */
async function withUserInfo(
  openid: Configuration,
  claims: Claims,
  accessToken: string,
  { log }: EngineContext,
): Promise<Claims> {
  if (openid.serverMetadata().userinfo_endpoint === undefined) return claims
  try {
    return { ...(await fetchUserInfo(openid, accessToken, String(claims.sub))), ...claims }
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, "the provider's user info cannot be read: a login goes by the ID token alone")
    return claims
  }
}
