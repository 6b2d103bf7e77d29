import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { ALGORITHMS, keysOfPem } from '../jwks/key-set.ts'
import { Unreachable } from '../jwks/outgoing-fetch.ts'
import {
  CONFIG_PATH,
  configCodec,
  type JwtConfig,
  type KeySetPlace,
  PROVIDERS,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  storedConfig,
} from './config.ts'
import { Provider, providerOf } from './provider.ts'

/** `config`: https://openbao.org/api-docs/auth/jwt/#configure */

const fields = {
  oidc_discovery_url: field.text({
    default: '',
    description: 'Issuer of the provider, without /.well-known/openid-configuration: it says where its keys are.',
  }),
  oidc_discovery_ca_pem: field.text({
    default: '',
    description: "PEM certificates to trust for it; none: the system's",
  }),
  oidc_client_id: field.text({ default: '', description: 'What the provider knows this server as' }),
  oidc_client_secret: field.text({ default: '', description: 'Secret of the client; it is not shown again' }),
  oidc_response_mode: field.text({ default: '', description: 'query (the default) or form_post' }),
  oidc_response_types: field.list({
    default: [],
    description: 'code (the default) or id_token, which needs form_post',
  }),
  jwks_url: field.text({ default: '', description: 'Where a JSON Web Key Set is fetched from' }),
  jwks_ca_pem: field.text({ default: '', description: "PEM certificates to trust for it; none: the system's" }),
  jwks_pairs: field.any({
    description: 'Several key sets: a list of objects with jwks_url and jwks_ca_pem',
    schema: Type.Array(Type.Object({ jwks_url: Type.String(), jwks_ca_pem: Type.Optional(Type.String()) })),
  }),
  jwt_validation_pubkeys: field.list({ default: [], description: 'Public keys in PEM form' }),
  jwt_supported_algs: field.list({ default: [], description: `Algorithms to accept; none: ${ALGORITHMS.join(', ')}` }),
  bound_issuer: field.text({ default: '', description: "What a token's iss must be" }),
  default_role: field.text({ default: '', description: 'Role of logins that name none' }),
  provider_config: field.map({
    default: {},
    description: 'Of providers that send groups as text: {"provider": "secureauth"} or {"provider": "ibmisam"}',
  }),
  override_allowed_server_names: field.list({
    default: [],
    description: "Names to accept in the provider's certificate in the place of the URL's host",
  }),
  namespace_in_state: field.bool({
    description: 'The namespace goes with the state, and not in the redirect URI; true unless it was set before',
  }),
  skip_jwks_validation: field.bool({
    default: false,
    description: 'Take the configuration though the provider cannot be asked just now',
  }),
}
type ConfigRequest = EngineRequest<typeof fields>

export const config = route('config', {
  summary: 'Whose tokens the mount believes',
  fields,
  auditClear: [
    'oidc_discovery_url',
    'oidc_client_id',
    'oidc_response_mode',
    'oidc_response_types',
    'jwks_url',
    'jwt_supported_algs',
    'bound_issuer',
    'default_role',
    'override_allowed_server_names',
    'namespace_in_state',
    'skip_jwks_validation',
    'status',
  ],
  returns: Type.Object({
    oidc_discovery_url: Type.String(),
    oidc_discovery_ca_pem: Type.String(),
    oidc_client_id: Type.String(),
    oidc_response_mode: Type.String(),
    oidc_response_types: Type.Array(Type.String()),
    jwks_url: Type.String(),
    jwks_ca_pem: Type.String(),
    jwks_pairs: Type.Array(Type.Object({ jwks_url: Type.String(), jwks_ca_pem: Type.String() })),
    jwt_validation_pubkeys: Type.Array(Type.String()),
    jwt_supported_algs: Type.Array(Type.String()),
    bound_issuer: Type.String(),
    default_role: Type.String(),
    provider_config: Type.Record(Type.String(), Type.String()),
    override_allowed_server_names: Type.Array(Type.String()),
    namespace_in_state: Type.Boolean(),
    status: Type.Enum(['valid', 'invalid'], { description: 'Whether the keys can be had just now' }),
  }),
  operations: { read, update },
})

async function read(_request: ConfigRequest, context: EngineContext): Promise<Reply> {
  const stored = await storedConfig(context.store)
  if (stored === undefined) throw notFound()
  const status = await (await providerOf(context)).check().then(
    () => 'valid',
    () => 'invalid',
  )
  return {
    data: {
      oidc_discovery_url: stored.discoveryUrl,
      oidc_discovery_ca_pem: stored.discoveryCaPem,
      oidc_client_id: stored.clientId,
      oidc_response_mode: stored.responseMode,
      oidc_response_types: stored.responseTypes,
      jwks_url: stored.jwksUrl,
      jwks_ca_pem: stored.jwksCaPem,
      jwks_pairs: stored.jwksPairs.map(({ url, caPem }) => ({ jwks_url: url, jwks_ca_pem: caPem })),
      jwt_validation_pubkeys: stored.publicKeys,
      jwt_supported_algs: stored.algorithms,
      bound_issuer: stored.boundIssuer,
      default_role: stored.defaultRole,
      provider_config: stored.provider === '' ? {} : { provider: stored.provider },
      override_allowed_server_names: stored.serverNames,
      namespace_in_state: stored.namespaceInState,
      status,
    },
    ...(status === 'invalid' && { warnings: ['the keys of the provider cannot be had just now'] }),
  }
}

/** A write says all of it: what is not sent is not set. */
async function update(request: ConfigRequest, context: EngineContext): Promise<Reply | undefined> {
  const before = await storedConfig(context.store)
  const wanted = configOf(request, before)
  const warnings = insecure(wanted)
  const failure = await new Provider(wanted, context).check().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure !== undefined) {
    const what = wanted.discoveryUrl === '' ? 'error checking jwks URL' : 'error checking oidc discovery URL'
    if (!request.fields.skip_jwks_validation) throw invalid(`${what}: ${reasonOf(failure)}`)
    warnings.push(what)
  }
  await context.store.transaction((tx) => tx.put(CONFIG_PATH, wanted, configCodec))
  return warnings.length === 0 ? undefined : { warnings }
}

function configOf({ fields }: ConfigRequest, before: JwtConfig | undefined): JwtConfig {
  const made: JwtConfig = {
    publicKeys: fields.jwt_validation_pubkeys,
    jwksUrl: urlOf('jwks_url', fields.jwks_url),
    jwksCaPem: fields.jwks_ca_pem,
    jwksPairs: pairsOf(fields.jwks_pairs),
    discoveryUrl: urlOf('oidc_discovery_url', fields.oidc_discovery_url),
    discoveryCaPem: fields.oidc_discovery_ca_pem,
    serverNames: fields.override_allowed_server_names,
    algorithms: fields.jwt_supported_algs.map((name) => oneOf('jwt_supported_algs', ALGORITHMS, name)),
    boundIssuer: fields.bound_issuer,
    defaultRole: fields.default_role.toLowerCase(),
    clientId: fields.oidc_client_id,
    clientSecret: Buffer.from(fields.oidc_client_secret),
    responseMode: oneOf('oidc_response_mode', RESPONSE_MODES, fields.oidc_response_mode),
    responseTypes: fields.oidc_response_types.map((name) => oneOf('oidc_response_types', RESPONSE_TYPES, name)),
    namespaceInState: fields.namespace_in_state ?? before?.namespaceInState ?? true,
    provider: providerName(fields.provider_config),
  }
  check(made)
  return made
}

function check(config: JwtConfig): void {
  const sources = [
    config.publicKeys.length > 0,
    config.jwksUrl !== '',
    config.jwksPairs.length > 0,
    config.discoveryUrl !== '',
  ]
  if (sources.filter(Boolean).length !== 1) {
    throw invalid(
      "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs' or 'oidc_discovery_url' must be set",
    )
  }
  if (config.discoveryUrl.includes('.well-known/openid-configuration')) {
    throw invalid("'oidc_discovery_url' contains '.well-known' component")
  }
  if ((config.clientId === '') !== (config.clientSecret.length === 0)) {
    throw invalid("both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC")
  }
  if (config.clientId !== '' && config.discoveryUrl === '') throw invalid("'oidc_discovery_url' must be set for OIDC")
  if (config.responseTypes.includes('id_token') && config.responseMode !== 'form_post') {
    throw invalid('query response_mode may not be used with an id_token response_type')
  }
  try {
    keysOfPem(config.publicKeys)
  } catch (error) {
    throw invalid(`error parsing public key: ${reasonOf(error)}`)
  }
}

/** Many sets are many calls for each token that none of their keys made. */
const PAIRS_MAX = 10

function pairsOf(raw: unknown): readonly KeySetPlace[] {
  if (raw === undefined || raw === null) return []
  if (!Array.isArray(raw) || raw.length > PAIRS_MAX)
    throw invalid(`'jwks_pairs' must be a list of at most ${PAIRS_MAX} objects`)
  return raw.map((pair: unknown) => {
    const { jwks_url: url, jwks_ca_pem: caPem = '' } = (pair ?? {}) as Readonly<Record<string, unknown>>
    if (typeof url !== 'string' || url === '' || typeof caPem !== 'string') {
      throw invalid("each of 'jwks_pairs' must have a jwks_url, and may have a jwks_ca_pem")
    }
    return { url: urlOf('jwks_url', url), caPem }
  })
}

function urlOf(name: string, text: string): string {
  if (text !== '' && !/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw invalid(`'${name}' must be an https URL`)
  return text
}

function oneOf<const T extends string>(name: string, known: readonly T[], text: string): T {
  const found = known.find((one) => one === text)
  if (found === undefined) throw invalid(`invalid ${name}: must be of ${known.filter((one) => one !== '').join(', ')}`)
  return found
}

function providerName(raw: Readonly<Record<string, unknown>>): JwtConfig['provider'] {
  if (Object.keys(raw).length === 0) return ''
  const { provider, ...more } = raw
  const names = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[]
  const found = names.find((name) => name === provider)
  if (found === undefined) throw invalid(`invalid provider_config: 'provider' must be one of ${names.join(', ')}`)
  if (Object.keys(more).length > 0) throw invalid(`invalid provider_config: ${found} has no more settings`)
  return found
}

function insecure(config: JwtConfig): string[] {
  const urls = [config.jwksUrl, config.discoveryUrl, ...config.jwksPairs.map(({ url }) => url)]
  if (!urls.some((url) => url.startsWith('http:'))) return []
  return ['keys are fetched without TLS: whoever is on the way can make tokens that are believed']
}

/** Who configures a provider is told why it can't be asked, however deep that lies. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed'
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Unreachable) return cause.message
  }
  return error.cause instanceof Error && error.name === 'KeysUnavailable' ? error.cause.message : error.message
}
