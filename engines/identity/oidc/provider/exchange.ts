import type { Reader, Tx } from '../../../../storage/store.ts'
import { base62 } from '../../../base62.ts'
import type { Reply } from '../../../engine.ts'
import type { Entity } from '../../documents.ts'
import { entityOf } from '../../entities.ts'
import type { Context } from '../../shown.ts'
import type { NamedKey } from '../documents.ts'
import { halfHash, signed } from '../signing.ts'
import { hashOf, ID_MAX_CHARS, URI_MAX_CHARS } from './authorize.ts'
import { answers } from './challenge.ts'
import { claimsOfScopes, isAssigned, scopeText } from './claims.ts'
import {
  type Access,
  type Authorization,
  accessCodec,
  authorizationCodec,
  type Client,
  providerRows,
} from './documents.ts'
import { answer, Refusal, textOf } from './oauth.ts'

/** A code is exchanged for an ID token and an access token, once. RFC 6749, section 4.1.3. */

/** Of no token of the vault: it opens the userinfo endpoint, and nothing else. */
const ACCESS_PREFIX = 'oidc_'
const ACCESS_CHARS = 43

/** Who exchanges, at which provider. */
export interface Exchange {
  readonly client: Client
  readonly key: NamedKey
  readonly provider: string
  readonly issuer: string
}

export interface CodeFields {
  readonly code: unknown
  readonly redirect_uri: unknown
  readonly code_verifier: unknown
}

interface Proof {
  readonly code: string
  readonly redirectUri: string
  readonly verifier: string
}

export async function exchangeCode(fields: CodeFields, exchange: Exchange, context: Context): Promise<Reply> {
  const proof = proofOf(fields)
  const { store, clock, random } = context
  const { client, key, issuer } = exchange
  const nowMs = clock.now()
  const accessToken = ACCESS_PREFIX + base62(random, ACCESS_CHARS)
  const outcome = await store.transaction((tx) => redeemed(tx, proof, exchange, hashOf(accessToken), nowMs))
  if (outcome instanceof Refusal) throw outcome
  const { authorization, claims } = outcome
  const iat = Math.floor(nowMs / 1000)
  const { nonce, authTimeMs } = authorization
  const idToken = {
    ...claims,
    iss: issuer,
    namespace: context.namespace.id,
    sub: authorization.entityId,
    aud: client.id,
    exp: iat + client.idTokenSeconds,
    iat,
    ...(nonce !== '' && { nonce }),
    ...(authTimeMs !== undefined && { auth_time: Math.floor(authTimeMs / 1000) }),
    at_hash: halfHash(key.algorithm, accessToken),
    c_hash: halfHash(key.algorithm, proof.code),
  }
  return answer(200, {
    token_type: 'Bearer',
    access_token: accessToken,
    id_token: signed(idToken, key.algorithm, key.signing),
    expires_in: client.accessTokenSeconds,
    scope: scopeText(authorization.scopes),
  })
}

function proofOf(fields: CodeFields): Proof {
  const code = textOf(fields.code, 'code', ID_MAX_CHARS)
  const redirectUri = textOf(fields.redirect_uri, 'redirect_uri', URI_MAX_CHARS)
  if (code === '') throw new Refusal('invalid_request', 'code parameter is required')
  if (redirectUri === '') throw new Refusal('invalid_request', 'redirect_uri parameter is required')
  return { code, redirectUri, verifier: textOf(fields.code_verifier, 'code_verifier', ID_MAX_CHARS) }
}

interface Redeemed {
  readonly authorization: Authorization
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * The code is used up whatever comes of it, so that there is no second try, and the access token is written with that. A
 * code that comes again has been seen by somebody else: what it was exchanged for ends (RFC 6749, section 4.1.2).
 */
async function redeemed(
  tx: Tx,
  proof: Proof,
  exchange: Exchange,
  accessHash: string,
  nowMs: number,
): Promise<Redeemed | Refusal> {
  const row = providerRows.code(hashOf(proof.code))
  const found = await tx.get(row, authorizationCodec)
  if (found === undefined || found.expiresAtMs <= nowMs || found.exchangedFor !== undefined) {
    if (found?.exchangedFor !== undefined) tx.delete(providerRows.access(found.exchangedFor))
    return new Refusal('invalid_grant', 'authorization grant is invalid or expired')
  }
  try {
    const entity = await provenEntity(tx, proof, found, exchange)
    const claims = await claimsOfScopes(tx, found.scopes, entity, nowMs)
    tx.put(row, { ...found, exchangedFor: accessHash }, authorizationCodec, { expiresAtMs: found.expiresAtMs })
    writeAccess(tx, found, exchange.client, accessHash, nowMs)
    return { authorization: found, claims }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    tx.delete(row)
    return error
  }
}

/** Throws Refusal where the code is not for whoever shows it, or not any more. */
async function provenEntity(
  reader: Pick<Reader, 'get'>,
  { redirectUri, verifier }: Proof,
  found: Authorization,
  { client, provider }: Exchange,
): Promise<Entity> {
  if (found.clientId !== client.id)
    throw new Refusal('invalid_grant', 'authorization code was not issued to the client')
  if (found.provider !== provider)
    throw new Refusal('invalid_grant', 'authorization code was not issued by the provider')
  if (found.redirectUri !== redirectUri)
    throw new Refusal('invalid_grant', 'redirect_uri does not match the redirect_uri used in the authorization request')
  checkVerifier(found, verifier, client)
  const entity = await entityOf(reader, found.entityId)
  if (entity === undefined)
    throw new Refusal('invalid_request', 'identity entity associated with the request not found')
  if (!(await isAssigned(reader, entity, client)))
    throw new Refusal('invalid_request', 'identity entity not authorized by client assignment')
  return entity
}

function checkVerifier({ challenge }: Authorization, verifier: string, { type }: Client): void {
  if (challenge === undefined) {
    if (type === 'public') throw new Refusal('invalid_request', 'PKCE is required for public clients')
    if (verifier !== '') throw new Refusal('invalid_request', 'unexpected code_verifier for token exchange')
    return
  }
  if (verifier === '') throw new Refusal('invalid_request', 'expected code_verifier for token exchange')
  if (!answers(challenge, verifier)) throw new Refusal('invalid_grant', 'invalid code_verifier for token exchange')
}

function writeAccess(tx: Tx, found: Authorization, client: Client, hash: string, nowMs: number): void {
  const { provider, clientId, entityId, scopes } = found
  const expiresAtMs = nowMs + client.accessTokenSeconds * 1000
  const access: Access = { provider, clientId, entityId, scopes, expiresAtMs }
  tx.put(providerRows.access(hash), access, accessCodec, { expiresAtMs })
}
