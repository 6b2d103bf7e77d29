import type { Awaitable } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import type { Reader } from '../../storage/store.ts'
import { invalid } from '../errors.ts'
import type { SecretRecord } from './record.ts'

/** Settings of a mount, which hold for all its secrets. */
export interface MountSettings {
  /** 0: the default, 10. */
  readonly maxVersions: number
  readonly casRequired: boolean
  readonly metadataCasRequired: boolean
  /** 0: versions stay; negative: they stay even where a secret says otherwise. */
  readonly deleteVersionAfterSeconds: number
}

export const DEFAULT_SETTINGS: MountSettings = {
  maxVersions: 0,
  casRequired: false,
  metadataCasRequired: false,
  deleteVersionAfterSeconds: 0,
}

const DEFAULT_MAX_VERSIONS = 10
const MAX_VERSIONS_LIMIT = 2 ** 32 - 1

export const SETTINGS_PATH = 'config'

export const settingsCodec = json<MountSettings>()

export function loadSettings(reader: Reader): Awaitable<MountSettings> {
  const stored = reader.get(SETTINGS_PATH, settingsCodec)
  return stored instanceof Promise ? stored.then((late) => late ?? DEFAULT_SETTINGS) : (stored ?? DEFAULT_SETTINGS)
}

/** How many versions a secret keeps: the greater of its own setting and the mount's. */
export function versionsKept(mount: MountSettings, record: SecretRecord): number {
  return Math.max(mount.maxVersions, record.settings.maxVersions) || DEFAULT_MAX_VERSIONS
}

/** When a version made now reads as deleted: after the shorter of the two terms that are set. */
export function deletionTime(mount: MountSettings, record: SecretRecord, nowMs: number): number | undefined {
  if (mount.deleteVersionAfterSeconds < 0) return undefined
  const terms = [mount.deleteVersionAfterSeconds, record.settings.deleteVersionAfterSeconds].filter((term) => term > 0)
  return terms.length === 0 ? undefined : nowMs + Math.min(...terms) * 1000
}

export function checkMaxVersions(count: number): number {
  if (count < 0 || count > MAX_VERSIONS_LIMIT) throw invalid(`max_versions must be 0 to ${MAX_VERSIONS_LIMIT}`)
  return count
}
