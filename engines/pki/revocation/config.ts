import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import { CoercionError, parseDuration } from '../../coerce.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'

/** `config/crl`: https://openbao.org/api-docs/secret/pki/#set-revocation-configuration. Durations as they were written. */
export interface RevocationConfig {
  readonly expiry: string
  readonly disable: boolean
  readonly ocsp_disable: boolean
  readonly ocsp_expiry: string
  readonly ocsp_delegated: boolean
  readonly auto_rebuild: boolean
  readonly auto_rebuild_grace_period: string
  readonly enable_delta: boolean
  readonly delta_rebuild_interval: string
  readonly allow_expired_cert_revocation: boolean
}

const DEFAULTS: RevocationConfig = {
  expiry: '72h',
  disable: false,
  ocsp_disable: false,
  ocsp_expiry: '12h',
  ocsp_delegated: false,
  auto_rebuild: false,
  auto_rebuild_grace_period: '12h',
  enable_delta: false,
  delta_rebuild_interval: '15m',
  allow_expired_cert_revocation: false,
}
const PATH = 'config/crl'
const codec = json<RevocationConfig>()

export async function revocationConfig(reader: Reader): Promise<RevocationConfig> {
  const found: Awaitable<RevocationConfig | undefined> = reader.get(PATH, codec)
  return { ...DEFAULTS, ...(await found) }
}

/** Milliseconds of one of the durations. */
export function durationMs(
  config: RevocationConfig,
  name: 'expiry' | 'ocsp_expiry' | 'auto_rebuild_grace_period' | 'delta_rebuild_interval',
): number {
  return parseDuration(config[name]) * 1000
}

const fields = {
  expiry: field.text({ description: 'How long a list is valid. Default 72h.' }),
  disable: field.bool({ description: 'Lists are empty' }),
  ocsp_disable: field.bool({ description: 'OCSP is not answered' }),
  ocsp_expiry: field.text({
    description: 'How long an OCSP answer is valid; 0: it says nothing of that. Default 12h.',
  }),
  ocsp_delegated: field.bool({
    description: 'OCSP answers are signed by keys of their own, which the mount makes, certifies and renews',
  }),
  auto_rebuild: field.bool({ description: 'Lists are made before they expire, rather than with each revocation' }),
  auto_rebuild_grace_period: field.text({ description: 'So long before. Default 12h.' }),
  enable_delta: field.bool({ description: 'There are delta lists between the complete ones. Needs auto_rebuild.' }),
  delta_rebuild_interval: field.text({ description: 'How often delta lists are made. Default 15m.' }),
  allow_expired_cert_revocation: field.bool({ description: 'Expired certificates may be revoked' }),
}
const NAMES = Object.keys(fields) as (keyof RevocationConfig)[]

export const configCrl = route('config/crl', {
  summary: 'How revocation is published',
  fields,
  auditClear: NAMES,
  operations: {
    read: async (_request, { store }) => ({ data: { ...(await revocationConfig(store)) } }),
    update: write,
  },
})

async function write({ fields: given }: EngineRequest<typeof fields>, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const set = NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])
    const config: RevocationConfig = { ...(await revocationConfig(tx)), ...Object.fromEntries(set) }
    check(config)
    tx.put(PATH, config, codec)
    return { data: { ...config } }
  })
}

function check(config: RevocationConfig): void {
  const of = (name: 'expiry' | 'ocsp_expiry' | 'auto_rebuild_grace_period' | 'delta_rebuild_interval'): number => {
    try {
      const ms = durationMs(config, name)
      if (ms >= 0) return ms
    } catch (error) {
      if (!(error instanceof CoercionError)) throw error
    }
    throw invalid(`given ${name} could not be decoded: it is no duration`)
  }
  if (of('expiry') === 0) throw invalid('expiry must be greater than zero')
  of('ocsp_expiry')
  if (config.auto_rebuild && of('auto_rebuild_grace_period') >= of('expiry')) {
    throw invalid('auto_rebuild_grace_period has to be shorter than expiry')
  }
  if (config.enable_delta && !config.auto_rebuild)
    throw invalid('Delta CRLs cannot be enabled when auto rebuilding is disabled')
  if (config.enable_delta && of('delta_rebuild_interval') >= of('expiry')) {
    throw invalid('delta_rebuild_interval has to be shorter than expiry')
  }
}
