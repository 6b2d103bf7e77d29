import type { Awaitable } from '../../../storage/backend.ts'
import { document } from '../../../storage/codec.ts'
import type { Codec, Reader } from '../../../storage/store.ts'
import type { Algorithm } from '../jwks/key-set.ts'

export const RESPONSE_MODES = ['', 'query', 'form_post'] as const
export const RESPONSE_TYPES = ['code', 'id_token'] as const
/** Providers that need to be read in a way of their own; the value splits their text of groups. */
export const PROVIDERS = { secureauth: ',', ibmisam: ' ' } as const

/** A URL of a key set, and the authority of its server: '' for the system's. */
export interface KeySetPlace {
  readonly url: string
  readonly caPem: string
}

/** How the mount knows whose tokens to believe. Of the four sources of keys exactly one is set. */
export interface JwtConfig {
  readonly publicKeys: readonly string[]
  readonly jwksUrl: string
  readonly jwksCaPem: string
  readonly jwksPairs: readonly KeySetPlace[]
  readonly discoveryUrl: string
  readonly discoveryCaPem: string
  readonly serverNames: readonly string[]
  /** None: all that this server knows. */
  readonly algorithms: readonly Algorithm[]
  /** '': tokens of any issuer whose keys these are. */
  readonly boundIssuer: string
  readonly defaultRole: string
  readonly clientId: string
  readonly clientSecret: Buffer
  readonly responseMode: (typeof RESPONSE_MODES)[number]
  readonly responseTypes: readonly (typeof RESPONSE_TYPES)[number][]
  readonly namespaceInState: boolean
  readonly provider: keyof typeof PROVIDERS | ''
}

export const CONFIG_PATH = 'config'
export const configCodec: Codec<JwtConfig> = document<JwtConfig>()

/** Undefined until it is written. */
export function storedConfig(store: Reader): Awaitable<JwtConfig | undefined> {
  return store.get(CONFIG_PATH, configCodec)
}

/** Whether people can log in at the provider's pages. */
export function isOidc(config: JwtConfig): boolean {
  return config.discoveryUrl !== '' && config.clientId !== ''
}

/** Whether the provider posts the ID token itself, and no code. */
export function isImplicit(config: JwtConfig): boolean {
  return config.responseTypes.includes('id_token')
}
