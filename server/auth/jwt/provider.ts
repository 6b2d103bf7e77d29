import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
} from 'openid-client'
import type { EngineContext } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { Store } from '../../../storage/store.ts'
import { ALGORITHMS, type Algorithm, keysOfPem } from '../jwks/key-set.ts'
import { fetchKeys, fixedKeys, joinedKeys, type KeySource, KeysUnavailable, RemoteKeys } from '../jwks/key-source.ts'
import { type OutgoingFetch, outgoingFetch } from '../jwks/outgoing-fetch.ts'
import { type Claims, verifyToken } from '../jwks/verify-token.ts'
import { CONFIG_PATH, configCodec, type JwtConfig, type KeySetPlace } from './config.ts'

/** The provider that a mount believes: its keys and what it says about itself, fetched when they are needed. */
export class Provider {
  readonly config: JwtConfig
  readonly #keys: KeySource
  #discovered: Configuration | undefined

  /** Asks nobody yet. Throws an Error for keys in the configuration that can't be read. */
  constructor(config: JwtConfig, { clock, log }: Pick<EngineContext, 'clock' | 'log'>) {
    this.config = config
    const remote = (load: RemoteLoad): RemoteKeys => new RemoteKeys({ load, clock, log })
    if (config.publicKeys.length > 0) this.#keys = fixedKeys(keysOfPem(config.publicKeys))
    else if (config.discoveryUrl !== '') this.#keys = remote(() => this.#discover())
    else
      this.#keys = joinedKeys(
        places(config).map((place) => remote(() => fetchKeys(this.#fetch(place.caPem), place.url))),
      )
  }

  /** The claims of a token that the provider signed; nothing but the signature is checked. As `verifyToken`. */
  verify(token: string): Promise<Claims> {
    return verifyToken(token, this.#keys, this.#algorithms)
  }

  /** Rejects with KeysUnavailable where the provider can't be asked. */
  async check(): Promise<void> {
    await this.#keys.current()
  }

  /** What OpenID Connect needs of the provider. Rejects with KeysUnavailable, also where it is not configured for it. */
  async openid(): Promise<Configuration> {
    await this.#keys.current()
    if (this.#discovered === undefined) throw new KeysUnavailable('there is no discovery')
    return this.#discovered
  }

  get #algorithms(): readonly Algorithm[] {
    return this.config.algorithms.length === 0 ? ALGORITHMS : this.config.algorithms
  }

  #fetch(caPem: string): OutgoingFetch {
    return outgoingFetch({ caPem, serverNames: this.config.serverNames })
  }

  /** What a provider says about itself is as old as its keys are. */
  async #discover() {
    const { discoveryUrl, discoveryCaPem, clientId } = this.config
    const fetch = this.#fetch(discoveryCaPem)
    const url = new URL(discoveryUrl)
    const found = await discovery(url, clientId || 'none', undefined, clientAuth(this.config), {
      [customFetch]: (target, options) => fetch(target, { ...options, body: bodyOf(options.body) }),
      // An operator who writes http:// has been warned.
      execute: url.protocol === 'http:' ? [allowInsecureRequests] : [],
    })
    const { jwks_uri: jwksUri } = found.serverMetadata()
    if (jwksUri === undefined) throw new Error('the provider does not say where its keys are')
    if (url.protocol === 'https:' && !jwksUri.startsWith('https:')) throw new Error('the keys are not behind https')
    const keys = await fetchKeys(fetch, jwksUri)
    this.#discovered = found
    return keys
  }
}

type RemoteLoad = ConstructorParameters<typeof RemoteKeys>[0]['load']

function places({ jwksUrl, jwksCaPem, jwksPairs }: JwtConfig): readonly KeySetPlace[] {
  return jwksUrl === '' ? jwksPairs : [{ url: jwksUrl, caPem: jwksCaPem }]
}

/** The secret is taken out of its Buffer for each request, so that no text of it is kept. */
function clientAuth({ clientSecret }: JwtConfig): ClientAuth {
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const byPost = methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
    const secret = clientSecret.toString()
    if (byPost) return ClientSecretPost(secret)(server, client, body, headers)
    const credentials = Buffer.from(`${formEncoded(client.client_id)}:${formEncoded(secret)}`)
    headers.set('authorization', `Basic ${credentials.toString('base64')}`)
  }
}

/**
 * As RFC 6749, 2.3.1 has it, with `-`, `_`, `.` and `~` left as they are, which the library encodes too: a provider that does
 * not decode (Vault and OpenBao are such, and put a `_` into each secret) still finds what it gave out.
 */
function formEncoded(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replaceAll('%20', '+')
}

function bodyOf(body: unknown): string | Uint8Array | URLSearchParams | undefined {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof URLSearchParams) return body
  if (body === undefined || body === null) return undefined
  throw new TypeError('a body of this kind is not sent')
}

interface Opened {
  readonly revision: number
  readonly provider: Provider
}

/** By the store of the mount; a provider lives as long as its configuration stands. */
const opened = new WeakMap<Store, Opened>()

/** The mount's provider. Rejects with `invalid_request` while there is no configuration. */
export async function providerOf(context: EngineContext): Promise<Provider> {
  const entry = await context.store.entry(CONFIG_PATH, configCodec)
  if (entry === undefined) throw invalid('could not load configuration')
  const known = opened.get(context.store)
  if (known?.revision === entry.revision) return known.provider
  const provider = new Provider(entry.value, context)
  opened.set(context.store, { revision: entry.revision, provider })
  return provider
}

/** What a caller is told when the provider can't be asked: nothing is wrong with the login, and it may be tried again. */
export function providerUnreachable(cause: unknown): EgideError {
  return new EgideError('unavailable', 'the identity provider cannot be reached', { cause, retryAfterSeconds: 2 })
}
