import { HclError } from '../hcl/ast.ts'
import type { Block } from '../hcl/read.ts'
import { serverUrl } from './addresses.ts'
import { Section, type Warn } from './section.ts'
import {
  type AutoSealConfig,
  ConfigError,
  type SealConfig,
  type SecretSource,
  type StaticKeyConfig,
  type StaticSealConfig,
  type TransitSealConfig,
} from './types.ts'
import { type Environment, variable } from './variables.ts'

/** A block `seal "type" { … }` as it was written; what is missing may come from the environment. */
export interface SealBlock {
  readonly type: 'shamir' | AutoSealConfig['type']
  /** The vault is migrated away from it. */
  readonly isDisabled: boolean
  readonly options: Readonly<Record<string, string>>
}

const OPTIONS: Readonly<Record<SealBlock['type'], readonly string[]>> = {
  shamir: [],
  static: ['break_glass', 'current_key_id', 'current_key', 'previous_key_id', 'previous_key'],
  transit: [
    'break_glass',
    'address',
    'token',
    'key_name',
    'mount_path',
    'namespace',
    'disable_renewal',
    'tls_ca_cert',
    'tls_client_cert',
    'tls_client_key',
    'tls_server_name',
    'tls_skip_verify',
  ],
}

export function sealBlockOf({ labels, body, at }: Block, warn: Warn): SealBlock {
  const type = labels[0]?.name ?? ''
  if (!isSealType(type)) throw new HclError(`unknown seal type "${type}": there are shamir, static and transit`, at)
  const section = new Section(`seal "${type}"`, body, warn)
  const isDisabled = section.bool('disabled') ?? false
  if (isDisabled && type === 'shamir') throw new HclError('seal "shamir" has no use disabled: leave it out', at)
  const given = OPTIONS[type].map((name) => [name, section.text(name) ?? ''] as const)
  section.finish()
  return { type, isDisabled, options: Object.fromEntries(given.filter(([, text]) => text !== '')) }
}

/** One seal that is in use, and one that is left. */
export function refuseMoreSeals(blocks: readonly { readonly block: SealBlock; readonly at: HclError['at'] }[]): void {
  for (const isDisabled of [false, true]) {
    const second = blocks.filter(({ block }) => block.isDisabled === isDisabled)[1]
    if (second === undefined) continue
    throw new HclError(isDisabled ? 'more than one disabled seal block' : 'more than one seal block', second.at)
  }
}

function isSealType(type: string): type is SealBlock['type'] {
  return Object.hasOwn(OPTIONS, type)
}

/** The seals of all that was said, with the environment laid over the one in use. Throws ConfigError. */
export function sealConfigOf(blocks: readonly SealBlock[], env: Environment): SealConfig {
  const enabled = blocks.find(({ isDisabled }) => !isDisabled) ?? blockOfEnvironment(env)
  const disabled = blocks.find(({ isDisabled }) => isDisabled)
  const active = enabled === undefined || enabled.type === 'shamir' ? SHAMIR : autoSealOf(enabled, env)
  const former = disabled === undefined || disabled.type === 'shamir' ? undefined : autoSealOf(disabled, env)
  if (former?.type === active.type)
    throw new ConfigError(`seal "${active.type}" can't replace a seal of its own type: go by way of shamir`)
  return { active, former }
}

const SHAMIR = { type: 'shamir' } as const

function blockOfEnvironment(env: Environment): SealBlock | undefined {
  const type = variable(env, 'SEAL_TYPE')?.text
  if (type === undefined) return undefined
  if (!isSealType(type)) throw new ConfigError(`the environment's SEAL_TYPE must be one of ${Object.keys(OPTIONS)}`)
  return { type, isDisabled: false, options: {} }
}

/** Variables of clients, which a seal that says nothing itself falls back on. EGIDE_ADDR and its kin name this very server. */
const CLIENT_PREFIXES = ['BAO_', 'VAULT_']
const CLIENT_VARIABLES: Readonly<Record<string, string>> = {
  address: 'ADDR',
  token: 'TOKEN',
  namespace: 'NAMESPACE',
  tls_ca_cert: 'CACERT',
  tls_client_cert: 'CLIENT_CERT',
  tls_client_key: 'CLIENT_KEY',
  tls_server_name: 'TLS_SERVER_NAME',
  tls_skip_verify: 'SKIP_VERIFY',
}

/** The options of one seal, wherever they come from. */
class Options {
  readonly #block: SealBlock
  readonly #env: Environment

  constructor(block: SealBlock, env: Environment) {
    this.#block = block
    this.#env = env
  }

  text(name: string): string | undefined {
    const { type, isDisabled, options } = this.#block
    const own = variable(this.#env, `${type.toUpperCase()}_SEAL_${name.toUpperCase()}`)?.text
    // The environment is of the seal in use; the one that is left is what its block says.
    const said = isDisabled ? (options[name] ?? own) : (own ?? options[name])
    const client = CLIENT_VARIABLES[name]
    if (said !== undefined || type !== 'transit' || client === undefined) return said
    return variable(this.#env, client, CLIENT_PREFIXES)?.text
  }

  needed(name: string): string {
    const text = this.text(name)
    if (text === undefined) throw this.error(`${name} is needed`)
    return text
  }

  flag(name: string): boolean {
    const word = this.text(name)?.toLowerCase() ?? 'false'
    if (word === 'true' || word === '1') return true
    if (word === 'false' || word === '0') return false
    throw this.error(`${name} must be true or false`)
  }

  /** A secret as it is, or where it lies: `env://NAME`, `file://PATH`. */
  secret(name: string): SecretSource {
    const text = this.needed(name)
    if (text.startsWith('file://')) return { file: text.slice('file://'.length) }
    if (!text.startsWith('env://')) return { text }
    const value = this.#env[text.slice('env://'.length)]
    if (value === undefined || value === '') throw this.error(`${name} names a variable that is not set`)
    return { text: value }
  }

  error(why: string): ConfigError {
    return new ConfigError(`seal "${this.#block.type}": ${why}`)
  }
}

function autoSealOf(block: SealBlock, env: Environment): AutoSealConfig {
  const options = new Options(block, env)
  return block.type === 'static' ? staticSealOf(options) : transitSealOf(options)
}

/** Longest name of a key: its length is stored in a byte. */
const KEY_ID_MAX_BYTES = 255

function staticSealOf(options: Options): StaticSealConfig {
  const keyOf = (which: 'current' | 'previous'): StaticKeyConfig => {
    const id = options.needed(`${which}_key_id`)
    if (Buffer.byteLength(id) > KEY_ID_MAX_BYTES) throw options.error(`${which}_key_id is longer than 255 bytes`)
    return { id, key: options.secret(`${which}_key`) }
  }
  const hasPrevious = options.text('previous_key_id') !== undefined || options.text('previous_key') !== undefined
  const current = keyOf('current')
  const previous = hasPrevious ? keyOf('previous') : undefined
  if (previous?.id === current.id) throw options.error('two keys must not have one id')
  return { type: 'static', breakGlass: options.flag('break_glass'), current, previous }
}

function transitSealOf(options: Options): TransitSealConfig {
  const address = serverUrl(options.needed('address'))
  if (address === undefined) throw options.error('address must be an http or https URL')
  const [certFile, keyFile] = [options.text('tls_client_cert'), options.text('tls_client_key')]
  if ((certFile === undefined) !== (keyFile === undefined))
    throw options.error('tls_client_cert and tls_client_key go together')
  const mountPath = (options.text('mount_path') ?? 'transit').replace(/^\/+|\/+$/g, '')
  if (mountPath === '') throw options.error('mount_path must not be empty')
  return {
    type: 'transit',
    breakGlass: options.flag('break_glass'),
    address,
    token: options.secret('token'),
    keyName: options.needed('key_name'),
    mountPath,
    namespace: options.text('namespace'),
    disableRenewal: options.flag('disable_renewal'),
    tls: {
      caFile: options.text('tls_ca_cert'),
      client: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
      serverName: options.text('tls_server_name'),
      insecureSkipVerify: options.flag('tls_skip_verify'),
    },
  }
}
