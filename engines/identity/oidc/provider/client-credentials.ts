import type { Reply } from '../../../engine.ts'
import type { Context } from '../../shown.ts'
import { signed } from '../signing.ts'
import { NOBODY } from '../template.ts'
import { claimsOfScopes, scopesOf, scopeText } from './claims.ts'
import type { Provider } from './documents.ts'
import type { Exchange } from './exchange.ts'
import { answer } from './oauth.ts'

/**
 * A client has a token of its own, for others that trust this provider: RFC 6749, section 4.4, as OpenBao has it. It is
 * signed, as RFC 9068 says, so that nobody takes it for an ID token; nothing here takes it.
 */
export async function clientToken(
  scope: unknown,
  { client, key, issuer }: Exchange,
  provider: Provider,
  context: Context,
): Promise<Reply> {
  const { store, clock, random, namespace } = context
  const scopes = scopesOf(scope, provider)
  const nowMs = clock.now()
  const iat = Math.floor(nowMs / 1000)
  const claims = {
    ...(await claimsOfScopes(store, scopes, NOBODY, nowMs)),
    iss: issuer,
    namespace: namespace.id,
    sub: client.id,
    aud: client.id,
    client_id: client.id,
    exp: iat + client.idTokenSeconds,
    iat,
    jti: random.uuid(),
  }
  return answer(200, {
    token_type: 'Bearer',
    access_token: signed(claims, key.algorithm, key.signing, 'at+jwt'),
    expires_in: client.idTokenSeconds,
    scope: scopeText(scopes),
  })
}
