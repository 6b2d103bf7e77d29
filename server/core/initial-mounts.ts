import { isDeepStrictEqual } from 'node:util'
import type { MountEntry, NewMount } from '../../engines/system/services/mounts.ts'
import { DEFAULT_MOUNT_CONFIG } from './mounts/table.ts'

const PLAIN = { options: {}, config: {}, local: false, sealWrap: false, externalEntropyAccess: false } as const

/** The server's own mounts, which every namespace has. */
export const SERVER_MOUNTS: readonly NewMount[] = [
  {
    ...PLAIN,
    kind: 'secret',
    path: 'sys/',
    type: 'system',
    description: 'system endpoints used for control, policy and debugging',
    config: { passthroughRequestHeaders: ['Accept'] },
    sealWrap: true,
  },
  {
    ...PLAIN,
    kind: 'secret',
    path: 'cubbyhole/',
    type: 'cubbyhole',
    description: 'per-token private secret storage',
    local: true,
  },
  { ...PLAIN, kind: 'auth', path: 'auth/token/', type: 'token', description: 'token based credentials' },
  { ...PLAIN, kind: 'secret', path: 'identity/', type: 'identity', description: 'identity store' },
]

/** What a new vault has, so that it is of use at once. */
const FIRST_ENGINES: readonly NewMount[] = [
  {
    ...PLAIN,
    kind: 'secret',
    path: 'secret/',
    type: 'kv',
    description: 'key/value secrets with versions',
    options: { version: '2' },
  },
  {
    ...PLAIN,
    kind: 'secret',
    path: 'secrets/',
    type: 'kv',
    description: 'key/value secrets with versions, in the flat form',
    options: { version: 'flat' },
  },
  { ...PLAIN, kind: 'secret', path: 'transit/', type: 'transit', description: 'encryption as a service' },
  { ...PLAIN, kind: 'secret', path: 'kms/', type: 'kms', description: 'keys with a managed life' },
]

export const INITIAL_MOUNTS: readonly NewMount[] = [...SERVER_MOUNTS, ...FIRST_ENGINES]

/** Whether a mount is one that a new vault has, and its description and tuning were never changed. */
export function isUntouchedInitialMount({ path, type, description, options, config }: MountEntry): boolean {
  const first = FIRST_ENGINES.find((engine) => engine.path === path)
  return (
    first !== undefined &&
    type === first.type &&
    description === first.description &&
    isDeepStrictEqual(options, first.options) &&
    isDeepStrictEqual(config, DEFAULT_MOUNT_CONFIG)
  )
}
