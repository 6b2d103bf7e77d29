import { strict as assert } from 'node:assert'
import type { Body } from './body.ts'

/** What is known of a secret: its settings and its versions, the newest last. Immutable; the functions below make new ones. */
export interface SecretRecord {
  readonly createdMs: number
  readonly updatedMs: number
  /** Number of the newest version; 0: none was written yet. */
  readonly current: number
  /** Lowest number that pruning has left; 0: nothing was pruned yet. */
  readonly oldest: number
  readonly settings: SecretSettings
  /** Ascending by number. */
  readonly versions: readonly Version[]
  /** What those who watch are told. */
  readonly last: LastChange
}

/** What a write of the record did last. */
export interface LastChange {
  readonly kind: 'written' | 'deleted' | 'undeleted' | 'destroyed' | 'metadata' | 'removed'
  /** The highest version that it changed; 0: none. */
  readonly version: number
}

export interface SecretSettings {
  /** Counts changes of these settings; 0: they were never set. */
  readonly metadataVersion: number
  /** 0: as the mount. */
  readonly maxVersions: number
  readonly casRequired: boolean
  readonly metadataCasRequired: boolean
  /** 0: as the mount. */
  readonly deleteVersionAfterSeconds: number
  readonly customMetadata: Readonly<Record<string, string>> | null
}

export interface Version {
  readonly number: number
  readonly createdMs: number
  /** From then on the version reads as deleted; it can be undeleted. */
  readonly deletionMs?: number | undefined
  /** Somebody deleted it: so it is, whatever another node's clock says of the time. */
  readonly isRemoved?: boolean | undefined
  /** From then on the version is gone for good (flat form). */
  readonly expiresMs?: number | undefined
  /** Its data is in the record, in an entry of its own, or gone for good. */
  readonly data: Body | 'apart' | 'destroyed'
}

const UNSET: SecretSettings = {
  metadataVersion: 0,
  maxVersions: 0,
  casRequired: false,
  metadataCasRequired: false,
  deleteVersionAfterSeconds: 0,
  customMetadata: null,
}

export function newRecord(nowMs: number): SecretRecord {
  const last = { kind: 'metadata', version: 0 } as const
  return { createdMs: nowMs, updatedMs: nowMs, current: 0, oldest: 0, settings: UNSET, versions: [], last }
}

/** The version with this number (0 or less: the newest), unless there is none. */
export function versionOf(record: SecretRecord, number: number): Version | undefined {
  const wanted = number > 0 ? number : record.current
  const last = record.versions.at(-1)
  if (last === undefined || last.number === wanted) return last
  // Without gaps, which only expiry makes, its place is known.
  const direct = record.versions[wanted - (record.versions[0]?.number ?? 0)]
  return direct?.number === wanted ? direct : record.versions.find((version) => version.number === wanted)
}

/** The newest version of a record that has one. */
export function newestOf(record: SecretRecord): Version {
  const newest = record.versions.at(-1)
  assert(newest !== undefined, 'a record that was written to has a version')
  return newest
}

export function isDeleted(version: Version, nowMs: number): boolean {
  return version.isRemoved === true || (version.deletionMs !== undefined && version.deletionMs <= nowMs)
}

export interface NewVersion {
  readonly body: Body
  readonly nowMs: number
  readonly deletionMs?: number | undefined
  readonly expiresMs?: number | undefined
  /** At least 1. */
  readonly keep: number
}

/** Appends a version and drops the oldest beyond `keep`. */
export function withVersion(record: SecretRecord, added: NewVersion): SecretRecord {
  const { body, nowMs, deletionMs, expiresMs, keep } = added
  const number = record.current + 1
  const oldest = number - record.oldest >= keep ? number - keep + 1 : record.oldest
  const from = record.versions.findIndex((version) => version.number >= oldest)
  const versions = from < 0 ? [] : record.versions.slice(from)
  versions.push({ number, createdMs: nowMs, deletionMs, expiresMs, data: body })
  return {
    ...record,
    updatedMs: nowMs,
    current: number,
    oldest,
    versions,
    last: { kind: 'written', version: number },
  }
}

/** A new record in which `change` was applied to the versions with these numbers; `kind` is what that is called. */
export function withChanged(
  record: SecretRecord,
  numbers: readonly number[],
  kind: LastChange['kind'],
  change: (version: Version) => Version,
): SecretRecord {
  const chosen = new Set(numbers)
  const highest = record.versions.findLast(({ number }) => chosen.has(number))
  return {
    ...record,
    versions: record.versions.map((version) => (chosen.has(version.number) ? change(version) : version)),
    last: { kind, version: highest?.number ?? 0 },
  }
}

export function withoutVersions(record: SecretRecord, gone: (version: Version) => boolean): SecretRecord {
  return { ...record, versions: record.versions.filter((version) => !gone(version)) }
}

export const destroyed = (version: Version): Version => ({ ...version, data: 'destroyed' })

/** Marks as deleted; what is deleted already keeps its time. */
export function deletedAt(nowMs: number): (version: Version) => Version {
  return (version) => {
    if (version.data === 'destroyed' || version.isRemoved === true) return version
    return { ...version, deletionMs: isDeleted(version, nowMs) ? version.deletionMs : nowMs, isRemoved: true }
  }
}

/** Makes readable again, for a new term if versions have one. */
export function undeleted(deletionMs: number | undefined): (version: Version) => Version {
  return (version) => (version.data === 'destroyed' ? version : { ...version, deletionMs, isRemoved: false })
}
