import { CoercionError, parseInteger } from '../coerce.ts'
import { EgideError, invalid } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { SecretRecord } from './record.ts'
import type { MountSettings } from './settings.ts'

/** The version that the caller expects to be the newest (0: none yet); undefined: any. */
export function casOf(options: JsonObject | undefined): number | undefined {
  if (options === undefined || !Object.hasOwn(options, 'cas')) return undefined
  const raw = options.cas
  if (raw === null) return 0
  try {
    return parseInteger(raw)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid('error parsing check-and-set parameter')
    throw error
  }
}

/** Clients match on these words. */
export const CAS_MISMATCH = 'check-and-set parameter did not match the current version'

export function checkCas(cas: number | undefined, mount: MountSettings, record: SecretRecord | undefined): void {
  if (cas === undefined) {
    if (!mount.casRequired && record?.settings.casRequired !== true) return
    throw invalid('check-and-set parameter required for this call')
  }
  if (cas !== (record?.current ?? 0)) throw new EgideError('conflict', CAS_MISMATCH)
}

/** Likewise for changes of a secret's settings; `record` is undefined where there is none yet. */
export function checkMetadataCas(
  cas: number | undefined,
  mount: MountSettings,
  record: SecretRecord | undefined,
): void {
  if (cas === undefined) {
    if (!mount.metadataCasRequired && record?.settings.metadataCasRequired !== true) return
    throw invalid('metadata check-and-set parameter required for this call')
  }
  if (record === undefined && cas !== 0) throw invalid('metadata_cas must be 0 when creating new metadata')
  if (record !== undefined && cas !== record.settings.metadataVersion) {
    throw new EgideError('conflict', 'metadata check-and-set parameter does not match the current version')
  }
}
