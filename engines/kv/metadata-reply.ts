import Type from 'typebox'
import { goDuration } from '../duration.ts'
import type { SecretRecord } from './record.ts'
import { optionalTime, rfc3339 } from './times.ts'

export const MetadataReply = Type.Object({
  versions: Type.Record(
    Type.String(),
    Type.Object({ created_time: Type.String(), deletion_time: Type.String(), destroyed: Type.Boolean() }),
  ),
  current_version: Type.Integer(),
  current_metadata_version: Type.Integer(),
  oldest_version: Type.Integer(),
  created_time: Type.String(),
  updated_time: Type.String(),
  max_versions: Type.Integer(),
  cas_required: Type.Boolean(),
  metadata_cas_required: Type.Boolean(),
  delete_version_after: Type.String(),
  custom_metadata: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
})

/** All that is known of a secret but its data. */
export function metadataReply(record: SecretRecord): Type.Static<typeof MetadataReply> {
  const { settings } = record
  return {
    versions: Object.fromEntries(
      record.versions.map(({ number, createdMs, deletionMs, data }) => [
        number,
        {
          created_time: rfc3339(createdMs),
          deletion_time: optionalTime(deletionMs),
          destroyed: data === 'destroyed',
        },
      ]),
    ),
    current_version: record.current,
    current_metadata_version: settings.metadataVersion,
    oldest_version: record.oldest,
    created_time: rfc3339(record.createdMs),
    updated_time: rfc3339(record.updatedMs),
    max_versions: settings.maxVersions,
    cas_required: settings.casRequired,
    metadata_cas_required: settings.metadataCasRequired,
    delete_version_after: goDuration(settings.deleteVersionAfterSeconds),
    custom_metadata: settings.customMetadata,
  }
}
