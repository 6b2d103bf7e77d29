import Type from 'typebox'
import { json } from '../../storage/codec.ts'
import type { Reader } from '../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { limitKeyrings } from './keys/keyrings.ts'

/** Rows about all keys of a mount. */

interface Config {
  /** Encrypting makes no keys. */
  readonly disableUpsert: boolean
}
const CONFIG = 'config/keys'
const configCodec = json<Config>()

interface CacheConfig {
  readonly size: number
}
const CACHE = 'config/cache'
const cacheCodec = json<CacheConfig>()

export async function readConfig(reader: Reader): Promise<Config> {
  return (await reader.get(CONFIG, configCodec)) ?? { disableUpsert: false }
}

const configFields = {
  disable_upsert: field.bool({
    default: false,
    description: 'Whether encrypting with a key that does not exist is refused.',
  }),
}

export const keysConfig = route('config/keys', {
  summary: 'Read and set what holds for all keys of the mount',
  fields: configFields,
  returns: Type.Object({ disable_upsert: Type.Boolean() }),
  auditClear: ['disable_upsert'],
  operations: { read: async (_request, { store }) => configReply(await readConfig(store)), update: setConfig },
})

const configReply = ({ disableUpsert }: Config): Reply => ({ data: { disable_upsert: disableUpsert } })

async function setConfig({ fields }: EngineRequest<typeof configFields>, { store }: EngineContext): Promise<Reply> {
  const config = { disableUpsert: fields.disable_upsert }
  await store.transaction(async (tx) => tx.put(CONFIG, config, configCodec))
  return configReply(config)
}

const CACHE_MIN = 10

const cacheFields = {
  size: field.int({
    default: 0,
    description: `How many keys are kept ready for use: 0 for all that are read often, else at least ${CACHE_MIN}.`,
  }),
}

export const cacheConfig = route('cache-config', {
  summary: 'Read and set how many keys are kept ready for use',
  description: 'Other nodes take the new size over when they are next unsealed, or asked for it.',
  fields: cacheFields,
  returns: Type.Object({ size: Type.Integer() }),
  auditClear: ['size'],
  operations: { read: async (_request, { store }) => ({ data: await applyCacheConfig(store) }), update: setCache },
})

async function setCache(
  { fields: { size } }: EngineRequest<typeof cacheFields>,
  { store }: EngineContext,
): Promise<Reply> {
  if (size !== 0 && size < CACHE_MIN) throw invalid(`size must be 0 or a value greater or equal to ${CACHE_MIN}`)
  await store.transaction(async (tx) => tx.put(CACHE, { size }, cacheCodec))
  return { data: { ...(await applyCacheConfig(store)) } }
}

/** Takes over the size that is stored. */
export async function applyCacheConfig(store: EngineContext['store']): Promise<{ size: number }> {
  const { size } = (await store.get(CACHE, cacheCodec)) ?? { size: 0 }
  limitKeyrings(store, size)
  return { size }
}
