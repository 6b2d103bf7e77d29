import type { Awaitable } from '../../storage/backend.ts'
import type { Reader, Store, Tx } from '../../storage/store.ts'
import type { JsonObject } from '../json-object.ts'
import { Body, bodyCodec } from './body.ts'
import { type SecretRecord, type Version, versionOf } from './record.ts'
import { recordCodec } from './record-codec.ts'

/**
 * Where records lie. The newest version stands in the record while it is small, and so do older ones as long as all
 * together stay small: reading the newest costs one entry, and so does writing it. What is bigger has an entry apart. Ten
 * versions of half a KiB are small: an entry more costs databases more than these bytes do.
 */
const NEWEST_MAX_BYTES = 16 * 1024
const TOGETHER_MAX_BYTES = 5 * 1024

/** Prefix of the records: its names are what lists show. */
export const RECORDS = 'keys/'

const recordPath = (path: string) => `${RECORDS}${path}`
const bodyPath = (path: string, number: number) => `bodies/${path}/${number}`

export function loadRecord(reader: Reader, path: string): Awaitable<SecretRecord | undefined> {
  return reader.get(recordPath(path), recordCodec)
}

export function hasRecord(reader: Reader, path: string): Awaitable<boolean> {
  const record = loadRecord(reader, path)
  return record instanceof Promise ? record.then(isThere) : isThere(record)
}

function isThere(record: SecretRecord | undefined): boolean {
  return record !== undefined
}

/** Writes `after` in place of `before`, and deletes the data that only `before` had. */
export function saveRecord(tx: Tx, path: string, before: SecretRecord | undefined, after: SecretRecord): void {
  const versions = placed(after.versions)
  if (versions !== after.versions) {
    for (const [index, { number, data, expiresMs }] of after.versions.entries()) {
      if (data instanceof Body && versions[index]?.data === 'apart') {
        tx.put(bodyPath(path, number), data, bodyCodec, { expiresAtMs: expiresMs })
      }
    }
  }
  if (before !== undefined) deleteApart(tx, path, before, versions)
  const record = versions === after.versions ? after : { ...after, versions }
  tx.put(recordPath(path), record, recordCodec, { expiresAtMs: expiryOf(versions) })
}

/** Deletes the secret with all its data. */
export function deleteRecord(tx: Tx, path: string, record: SecretRecord): void {
  deleteApart(tx, path, record, [])
  tx.delete(recordPath(path))
}

function deleteApart(tx: Tx, path: string, before: SecretRecord, kept: readonly Version[]): void {
  if (!before.versions.some(isApart)) return
  const still = new Set(kept.flatMap(({ data, number }) => (data === 'apart' ? [number] : [])))
  for (const { data, number } of before.versions) {
    if (data === 'apart' && !still.has(number)) tx.delete(bodyPath(path, number))
  }
}

const isApart = ({ data }: Version): boolean => data === 'apart'

/** Decides from the newest to the oldest what stays in the record; the same list where all do. A version that expires has its own entry, so that it can go alone. */
function placed(versions: readonly Version[]): readonly Version[] {
  let total = 0
  const inside = (version: Version, newest: boolean): boolean => {
    if (!(version.data instanceof Body)) return true
    const size = version.data.length
    if (version.expiresMs !== undefined || size > NEWEST_MAX_BYTES) return false
    total += size
    return newest || total <= TOGETHER_MAX_BYTES
  }
  let result: Version[] | undefined
  for (let i = versions.length - 1; i >= 0; i--) {
    const version = versions[i] as Version
    if (inside(version, i === versions.length - 1)) continue
    result ??= [...versions]
    result[i] = { ...version, data: 'apart' }
  }
  return result ?? versions
}

/** A record may go when the last of its versions has; one that keeps anything stays. */
function expiryOf(versions: readonly Version[]): number | undefined {
  let last: number | undefined
  for (const { expiresMs } of versions) {
    if (expiresMs === undefined) return undefined
    last = Math.max(last ?? 0, expiresMs)
  }
  return last
}

/** The data of a version; undefined when its entry is gone. */
export function loadBody(reader: Reader, path: string, { data, number }: Version): Awaitable<Body | undefined> {
  if (data === 'destroyed') return undefined
  return data === 'apart' ? reader.get(bodyPath(path, number), bodyCodec) : data
}

/** Which version is looked for, and whether one that is found may be read. */
export interface Wanted {
  readonly number: number
  readonly readable: (version: Version) => boolean
}

export interface Found {
  readonly record: SecretRecord
  readonly version: Version
  /** Undefined: this version has no data any more, or `readable` said not to look. */
  readonly data: JsonObject | undefined
}

/** A version with its data, if it may be read; undefined where there is no such version. */
export function findVersion(store: Store, path: string, wanted: Wanted): Awaitable<Found | undefined> {
  const certain = (found: Found | undefined): Awaitable<Found | undefined> => {
    if (found === undefined || found.data !== undefined || !wanted.readable(found.version)) return found
    // The version was dropped between the two reads, or its entry expired: one point in time tells.
    return store.transaction((tx) => lookUp(tx, path, wanted))
  }
  const found = lookUp(store, path, wanted)
  return found instanceof Promise ? found.then(certain) : certain(found)
}

function lookUp(reader: Reader, path: string, wanted: Wanted): Awaitable<Found | undefined> {
  const record = loadRecord(reader, path)
  return record instanceof Promise
    ? record.then((late) => versionIn(reader, path, late, wanted))
    : versionIn(reader, path, record, wanted)
}

function versionIn(
  reader: Reader,
  path: string,
  record: SecretRecord | undefined,
  { number, readable }: Wanted,
): Awaitable<Found | undefined> {
  const version = record && versionOf(record, number)
  if (record === undefined || version === undefined) return undefined
  const body = readable(version) ? loadBody(reader, path, version) : undefined
  return body instanceof Promise
    ? body.then((late) => ({ record, version, data: late?.data }))
    : { record, version, data: body?.data }
}
