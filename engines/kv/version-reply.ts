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

type VersionText = Readonly<Type.Static<typeof VersionReply>>

/** Of stored versions, which are shared and never change: a secret that is read again says the same again. */
const known = new WeakMap<Version, { readonly record: SecretRecord; readonly reply: VersionText }>()

/** What replies say of one version. Frozen, so that whoever works on it may keep what it came to. */
export function versionReply(record: SecretRecord, version: Version): VersionText {
  const before = known.get(version)
  if (before?.record === record) return before.reply
  const reply = Object.freeze({
    version: version.number,
    created_time: rfc3339(version.createdMs),
    deletion_time: optionalTime(version.deletionMs),
    destroyed: version.data === 'destroyed',
    // The store's documents are frozen, and nobody writes to a reply.
    custom_metadata: record.settings.customMetadata,
  })
  if (Object.isFrozen(version)) known.set(version, { record, reply })
  return reply
}
