import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { EngineContext } from '../../../engines/engine.ts'
import type { Algorithm } from '../jwks/key-set.ts'
import { keysOfPem } from '../jwks/key-set.ts'
import { fixedKeys, type KeySource, RemoteKeys } from '../jwks/key-source.ts'
import { type Claims, TokenRefused, unverifiedClaims, verifyToken } from '../jwks/verify-token.ts'
import { ApiServer, type Reviewed } from './api-server.ts'
import { Brief } from './brief.ts'
import { configOf, type KubernetesConfig, urlOf } from './config.ts'
import { Reviews } from './reviews.ts'
import { checkIssuer, checkTimes, type ServiceAccount, serviceAccountOf } from './service-account.ts'

/** What API servers sign tokens with. */
const ALGORITHMS: readonly Algorithm[] = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const DEFAULT_ISSUER = 'kubernetes/serviceaccount'
/** Older tokens are reviewed by themselves: that of a pod which is gone must not live on by what others of its account are told. */
const SHARED_AGE_SECONDS = 300
const ALIAS_ANNOTATION = 'alias-metadata.vault.hashicorp.com/'

/** The cluster of a mount, as its configuration and the files of the pod are now. */
export class Cluster {
  readonly config: KubernetesConfig
  readonly caPem: string
  readonly #context: EngineContext
  readonly #api: ApiServer
  readonly #keys: KeySource | undefined
  readonly #reviews: Reviews
  readonly #labels: Brief<Readonly<Record<string, string>> | 'none'>
  readonly #annotations: Brief<Readonly<Record<string, string>> | 'none'>

  constructor(config: KubernetesConfig, caPem: string, folder: string, context: EngineContext) {
    const { clock, log } = context
    this.config = config
    this.caPem = caPem
    this.#context = context
    this.#api = new ApiServer(urlOf(config.host), caPem, clock, () => reviewerOf(config, folder))
    if (config.pemKeys.length > 0) this.#keys = fixedKeys(keysOfPem(config.pemKeys))
    else if (config.verifyWithJwks) this.#keys = new RemoteKeys({ load: () => this.#api.keys(), clock, log })
    this.#reviews = new Reviews(clock, config.reviewTtlSeconds)
    this.#labels = new Brief(clock, config.reviewTtlSeconds)
    this.#annotations = new Brief(clock, config.reviewTtlSeconds)
  }

  /** What the token says. With keys its signature is verified; nothing else has been asked of anybody. Rejects with TokenRefused or KeysUnavailable. */
  async read(token: string, audience: string): Promise<ServiceAccount> {
    const { config } = this
    const claims: Claims =
      this.#keys === undefined ? unverifiedClaims(token, ALGORITHMS) : await verifyToken(token, this.#keys, ALGORITHMS)
    checkTimes(claims, this.#context.clock.now() / 1000)
    if (!config.disableIssValidation) checkIssuer(claims, config.issuer || DEFAULT_ISSUER)
    const account = serviceAccountOf(claims)
    if (audience !== '' && !account.audiences.includes(audience)) throw new TokenRefused('it is for other audiences')
    return account
  }

  /** Has the API server confirm it. Rejects with TokenRefused or ClusterUnavailable. */
  async confirm(token: string, account: ServiceAccount, audience: string): Promise<void> {
    const audiences = audience === '' ? [...account.audiences].sort() : [audience]
    const { namespace, name, uid } = account
    const ageSeconds = this.#context.clock.now() / 1000 - account.issuedAtSeconds
    const isShared = this.config.verifyWithJwks && ageSeconds < SHARED_AGE_SECONDS
    const shared = isShared ? JSON.stringify([namespace, name, uid]) : undefined
    const reviewed = await this.#reviews.of(token, audiences, shared, () => this.#api.review(token, audiences))
    if (reviewed === undefined) throw new TokenRefused('the API server does not take it')
    if (reviewed.namespace !== namespace || reviewed.name !== name || reviewed.uid !== uid)
      throw new TokenRefused('the API server says that it is for another service account')
  }

  /** Undefined: there is no such namespace. Rejects with ClusterUnavailable. */
  async labelsOf(namespace: string): Promise<Readonly<Record<string, string>> | undefined> {
    const labels = await this.#labels.get(namespace, async () => (await this.#api.namespaceLabels(namespace)) ?? 'none')
    return labels === 'none' ? undefined : labels
  }

  /** What annotations say of a service account that was confirmed. Rejects with ClusterUnavailable. */
  async aliasMetadataOf(account: Reviewed): Promise<Readonly<Record<string, string>>> {
    if (!this.config.useAnnotations) return {}
    const key = `${account.namespace}/${account.name}`
    const found = await this.#annotations.get(key, async () => (await this.#api.annotations(account)) ?? 'none')
    if (found === 'none') return {}
    return Object.fromEntries(
      Object.entries(found).flatMap(([name, value]) =>
        name.startsWith(ALIAS_ANNOTATION) ? [[name.slice(ALIAS_ANNOTATION.length), value]] : [],
      ),
    )
  }
}

/** The clusters of a process's mounts. */
export class Clusters {
  /** Where Kubernetes puts a pod's own token and the certificate of its API server. */
  readonly #folder: string
  readonly #clusters = new WeakMap<EngineContext['store'], Cluster>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Undefined: the mount is not configured. */
  async of(context: EngineContext): Promise<Cluster | undefined> {
    const config = await configOf(context)
    if (config === undefined) return undefined
    const isLocal = config.caCert === '' && !config.disableLocalCaJwt
    const caPem = isLocal ? ((await textIn(path.join(this.#folder, 'ca.crt'))) ?? '') : config.caCert
    const known = this.#clusters.get(context.store)
    // A document that was written anew is another object; what was remembered by the old one is forgotten.
    if (known?.config === config && known.caPem === caPem) return known
    const made = new Cluster(config, caPem, this.#folder, context)
    this.#clusters.set(context.store, made)
    return made
  }
}

async function reviewerOf(config: KubernetesConfig, folder: string): Promise<string | undefined> {
  if (config.reviewerJwt.length > 0) return config.reviewerJwt.toString()
  return config.disableLocalCaJwt ? undefined : await textIn(path.join(folder, 'token'))
}

/** Undefined where there is no such file, or nothing in it. */
async function textIn(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined
  } catch {
    return undefined
  }
}
