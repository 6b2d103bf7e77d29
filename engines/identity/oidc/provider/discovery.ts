import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { notFound } from '../../../errors.ts'
import { field } from '../../../field.ts'
import { type Context, readEach } from '../../shown.ts'
import { ALGORITHMS, keyCodec, oidcRows } from '../documents.ts'
import { publicKeysOf } from '../keys.ts'
import { jsonOf, keySet } from '../tokens.ts'
import { CHALLENGE_METHODS, type Provider } from './documents.ts'
import { issuerOf } from './providers.ts'
import { OPENID } from './scopes.ts'
import { clientsIn, clientWithId, providerNamed } from './stored.ts'

/** What clients have to know of a provider: OpenID Connect Discovery 1.0. Anybody may ask. */

const KEPT_SECONDS = 3600

const fields = { name: field.name({ required: true, description: 'Name of the provider.' }) }
type DiscoveryRequest = EngineRequest<typeof fields>

export const providerDiscovery = route('oidc/provider/:name/.well-known/openid-configuration', {
  summary: 'What clients have to know of a provider',
  fields,
  access: 'none',
  operations: { read: describe },
})

async function describe({ fields }: DiscoveryRequest, context: Context): Promise<Reply> {
  const provider = await found(fields.name, context)
  const issuer = issuerOf(fields.name, provider, context)
  const document = {
    issuer,
    jwks_uri: `${issuer}/.well-known/keys`,
    // Where people log in: what they see is a page, and the page asks the endpoint.
    authorization_endpoint: `${issuer.replace('/v1/', '/ui/vault/')}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    id_token_signing_alg_values_supported: ALGORITHMS,
    response_types_supported: ['code'],
    scopes_supported: [...provider.scopes, OPENID],
    claims_supported: [],
    subject_types_supported: ['public'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: CHALLENGE_METHODS,
  }
  return { raw: { ...jsonOf(document), headers: { 'cache-control': `max-age=${KEPT_SECONDS}` } } }
}

export const providerKeys = route('oidc/provider/:name/.well-known/keys', {
  summary: "The public keys that a provider's tokens are verified with",
  fields,
  access: 'none',
  operations: {
    read: async ({ fields }: DiscoveryRequest, context: Context): Promise<Reply> => {
      const { store, clock } = context
      const names = await keyNames(await found(fields.name, context), context)
      const keys = await readEach(names, async (name) => store.get(oidcRows.key(name), keyCodec))
      const nowMs = clock.now()
      return keySet(keys.flatMap((key) => publicKeysOf(key, nowMs)))
    },
  },
})

/** Keys of the clients that may use the provider. */
async function keyNames({ allowedClientIds }: Provider, { store }: Context): Promise<readonly string[]> {
  const clients = allowedClientIds.includes('*')
    ? (await clientsIn(store)).map(({ client }) => client)
    : await readEach(allowedClientIds, (id) => clientWithId(store, id))
  return [...new Set(clients.map(({ key }) => key))]
}

async function found(name: string, { store }: Context): Promise<Provider> {
  const provider = await providerNamed(store, name)
  if (provider === undefined) throw notFound()
  return provider
}
