import type { Reply } from '../engine.ts'
import { invalid } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { parseCustomMetadata } from './custom-metadata.ts'
import { mergePatch } from './merge-patch.ts'
import type { MetadataRequest } from './metadata-fields.ts'
import type { SecretSettings } from './record.ts'
import { checkMaxVersions, type MountSettings } from './settings.ts'

/** What a caller sent of a secret's settings: undefined was not sent. */
export interface SentSettings {
  readonly maxVersions: number | undefined
  readonly casRequired: boolean | undefined
  readonly metadataCasRequired: boolean | undefined
  readonly deleteVersionAfterSeconds: number | undefined
  /** Null: all of it goes. */
  readonly customMetadata: JsonObject | null | undefined
}

/** Undefined: no setting was sent. A null is the setting's default. */
export function sentSettings(request: MetadataRequest): SentSettings | undefined {
  const { fields } = request
  const sent: SentSettings = {
    maxVersions: request.has('max_versions') ? checkMaxVersions(fields.max_versions ?? 0) : undefined,
    casRequired: request.has('cas_required') ? (fields.cas_required ?? false) : undefined,
    metadataCasRequired: request.has('metadata_cas_required') ? (fields.metadata_cas_required ?? false) : undefined,
    deleteVersionAfterSeconds: request.has('delete_version_after')
      ? checkTerm(fields.delete_version_after ?? 0)
      : undefined,
    customMetadata: request.has('custom_metadata') ? (fields.custom_metadata ?? null) : undefined,
  }
  return Object.values(sent).some((value) => value !== undefined) ? sent : undefined
}

function checkTerm(seconds: number): number {
  if (seconds < 0)
    throw invalid('error converting input for field "delete_version_after": cannot provide negative value')
  return seconds
}

/** Settings with what was sent in place of what was there. */
export function changedSettings(before: SecretSettings, sent: SentSettings): SecretSettings {
  return {
    ...before,
    maxVersions: sent.maxVersions ?? before.maxVersions,
    casRequired: sent.casRequired ?? before.casRequired,
    metadataCasRequired: sent.metadataCasRequired ?? before.metadataCasRequired,
    deleteVersionAfterSeconds: sent.deleteVersionAfterSeconds ?? before.deleteVersionAfterSeconds,
    customMetadata:
      sent.customMetadata === undefined ? before.customMetadata : parseCustomMetadata(sent.customMetadata ?? {}),
  }
}

/** As `changedSettings`, but custom metadata is merged by RFC 7396. */
export function patchedSettings(before: SecretSettings, sent: SentSettings): SecretSettings {
  const { customMetadata } = sent
  if (customMetadata === undefined || customMetadata === null) return changedSettings(before, sent)
  const merged = mergePatch(before.customMetadata ?? {}, customMetadata)
  return changedSettings(before, { ...sent, customMetadata: merged })
}

/** A secret can't be laxer than its mount. */
export function ignoredWarnings(sent: SentSettings, mount: MountSettings): Reply | undefined {
  const names: string[] = []
  if (sent.casRequired === false && mount.casRequired) names.push('cas_required')
  if (sent.metadataCasRequired === false && mount.metadataCasRequired) names.push('metadata_cas_required')
  if (names.length === 0) return undefined
  return {
    warnings: names.map(
      (name) => `"${name}" set to false, but is mandated by backend config. This value will be ignored.`,
    ),
  }
}
