import Type from 'typebox'
import type { SecretRecord, Version } from './record.ts'
import { optionalTime, rfc3339 } from './times.ts'

const Time = Type.String({ format: 'date-time' })
const OptionalTime = Type.String({ description: "RFC 3339; '' for never." })

export const VersionReply = Type.Object({
  version: Type.Integer(),
  created_time: Time,
  deletion_time: OptionalTime,
  destroyed: Type.Boolean(),
  custom_metadata: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
})

/** What replies say of one version. */
export function versionReply(record: SecretRecord, version: Version): Type.Static<typeof VersionReply> {
  return {
    version: version.number,
    created_time: rfc3339(version.createdMs),
    deletion_time: optionalTime(version.deletionMs),
    destroyed: version.data === 'destroyed',
    // The store's documents are frozen, and nobody writes to a reply.
    custom_metadata: record.settings.customMetadata,
  }
}
