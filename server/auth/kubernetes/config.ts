import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import { document, json } from '../../../storage/codec.ts'
import type { Codec } from '../../../storage/store.ts'
import { keysOfPem } from '../jwks/key-set.ts'

/** `auth/kubernetes/config`: https://openbao.org/api-docs/auth/kubernetes/#configure-method */

export interface KubernetesConfig {
  /** As it was written: `urlOf` has the URL. */
  readonly host: string
  /** PEM; '': the pod's own, or the system's. */
  readonly caCert: string
  /** Empty: the pod's own, or else the token that logs in. */
  readonly reviewerJwt: Buffer
  readonly pemKeys: readonly string[]
  readonly issuer: string
  readonly disableIssValidation: boolean
  readonly disableLocalCaJwt: boolean
  readonly useAnnotations: boolean
  /** Signatures are verified with the cluster's key set, and one review counts for all new tokens of a service account. */
  readonly verifyWithJwks: boolean
  readonly reviewTtlSeconds: number
}

const PATH = 'config'
const kept = document<KubernetesConfig>()
const keptOnce = json<Omit<KubernetesConfig, 'reviewerJwt'> & { readonly reviewerJwt: string }>()
/** Once it was JSON, with the token as text. */
const codec: Codec<KubernetesConfig> = {
  encode: kept.encode,
  decode(bytes) {
    if (bytes[0] !== 0x7b) return kept.decode(bytes)
    const { reviewerJwt, ...rest } = keptOnce.decode(bytes)
    return { ...rest, reviewerJwt: Buffer.from(reviewerJwt) }
  },
}
const REVIEW_TTL_SECONDS = 10
const REVIEW_TTL_MAX_SECONDS = 300

const fields = {
  kubernetes_host: field.text({ default: '', description: 'URL of the API server, or its host and port' }),
  kubernetes_ca_cert: field.text({
    default: '',
    description: "PEM: who certifies the API server; absent: the pod's own ca.crt, or else the system's authorities",
  }),
  token_reviewer_jwt: field.text({
    default: '',
    description: "Token to ask the API server with; absent: the pod's own, or else the one that logs in",
  }),
  pem_keys: field.list({ default: [], description: 'PEM: public keys or certificates that verify tokens' }),
  issuer: field.text({ default: '', deprecated: true, description: 'What iss must be, where it is looked at' }),
  disable_iss_validation: field.bool({ default: true, deprecated: true, description: 'iss is not looked at' }),
  disable_local_ca_jwt: field.bool({
    default: false,
    description: "The pod's own token and ca.crt are not used where none are given here",
  }),
  use_annotations_as_alias_metadata: field.bool({
    default: false,
    description: 'Annotations alias-metadata.vault.hashicorp.com/… of service accounts go into the alias',
  }),
  verify_with_jwks: field.bool({
    default: false,
    description:
      "Verify signatures with the cluster's key set, and let one review count for all new tokens of a service account",
  }),
  review_ttl: field.duration({
    default: REVIEW_TTL_SECONDS,
    description: `How long a review counts, at most ${REVIEW_TTL_MAX_SECONDS} seconds; 0: for those who wait for it only`,
  }),
}

export const config = route('config', {
  summary: 'Which cluster tokens come from, and how they are verified',
  fields,
  auditClear: Object.keys(fields).filter((name) => name !== 'token_reviewer_jwt'),
  returns: Type.Object({
    kubernetes_host: Type.String(),
    kubernetes_ca_cert: Type.String(),
    pem_keys: Type.Array(Type.String()),
    issuer: Type.String(),
    disable_iss_validation: Type.Boolean(),
    disable_local_ca_jwt: Type.Boolean(),
    token_reviewer_jwt_set: Type.Boolean(),
    use_annotations_as_alias_metadata: Type.Boolean(),
    verify_with_jwks: Type.Boolean(),
    review_ttl: Type.Integer(),
  }),
  operations: { read, update },
})

async function read(_request: unknown, context: EngineContext): Promise<Reply> {
  const found = await configOf(context)
  if (found === undefined) throw notFound()
  return {
    data: {
      kubernetes_host: found.host,
      kubernetes_ca_cert: found.caCert,
      pem_keys: found.pemKeys,
      issuer: found.issuer,
      disable_iss_validation: found.disableIssValidation,
      disable_local_ca_jwt: found.disableLocalCaJwt,
      token_reviewer_jwt_set: found.reviewerJwt.length > 0,
      use_annotations_as_alias_metadata: found.useAnnotations,
      verify_with_jwks: found.verifyWithJwks,
      review_ttl: found.reviewTtlSeconds,
    },
  }
}

/** What is not sent gets its default, as in Vault. */
async function update({ fields: sent }: EngineRequest<typeof fields>, { store }: EngineContext): Promise<undefined> {
  if (sent.kubernetes_host === '') throw invalid('no host provided')
  if (sent.disable_local_ca_jwt && sent.kubernetes_ca_cert === '')
    throw invalid('kubernetes_ca_cert must be given when disable_local_ca_jwt is true')
  if (sent.kubernetes_ca_cert !== '' && !isBundle(sent.kubernetes_ca_cert))
    throw invalid('kubernetes_ca_cert holds no certificate')
  if (sent.review_ttl < 0 || sent.review_ttl > REVIEW_TTL_MAX_SECONDS)
    throw invalid(`review_ttl must be 0 to ${REVIEW_TTL_MAX_SECONDS} seconds`)
  if (sent.verify_with_jwks && sent.pem_keys.length > 0)
    throw invalid('verify_with_jwks and pem_keys exclude each other')
  urlOf(sent.kubernetes_host)
  try {
    keysOfPem(sent.pem_keys)
  } catch (error) {
    throw invalid(`pem_keys: ${error instanceof Error ? error.message : 'no keys'}`)
  }
  const made: KubernetesConfig = {
    host: sent.kubernetes_host,
    caCert: sent.kubernetes_ca_cert,
    reviewerJwt: Buffer.from(sent.token_reviewer_jwt.trim()),
    pemKeys: sent.pem_keys,
    issuer: sent.issuer,
    disableIssValidation: sent.disable_iss_validation,
    disableLocalCaJwt: sent.disable_local_ca_jwt,
    useAnnotations: sent.use_annotations_as_alias_metadata,
    verifyWithJwks: sent.verify_with_jwks,
    reviewTtlSeconds: sent.review_ttl,
  }
  await store.transaction(async (tx) => tx.put(PATH, made, codec))
}

/** The URL of an API server that `kubernetes_host` names, without a slash at its end. Throws where it names none. */
export function urlOf(host: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(host) ? host : `https://${host}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw invalid('kubernetes_host must be a host, a host and port, or an http or https URL')
  return url.href.replace(/\/+$/, '')
}

const isBundle = (pem: string): boolean => /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(pem)

export function configOf({ store }: Pick<EngineContext, 'store'>): Awaitable<KubernetesConfig | undefined> {
  return store.get(PATH, codec)
}
