import { deepFreeze } from '../../storage/freeze.ts'
import type { Codec } from '../../storage/store.ts'
import { Body } from './body.ts'
import type { LastChange, SecretRecord, SecretSettings, Version } from './record.ts'

/**
 * A record as bytes: format(1) | length of the head(4) | head, JSON | the data of its versions, one behind the other.
 * The data stays text until it is read, so that a record of many versions decodes quickly.
 */
const FORMAT = 1
const HEAD_AT = 5

/**
 * number, created, deletion, expiry (null: none), place: the length of data in the record, -1 apart, -2 destroyed. A
 * deletion below 0 is one that somebody made, at minus that time; others come by themselves.
 */
type VersionRow = readonly [number, number, number | null, number | null, number]
interface Head {
  readonly created: number
  readonly updated: number
  readonly current: number
  readonly oldest: number
  readonly settings: SecretSettings
  readonly versions: readonly VersionRow[]
  /** Absent in records of before anybody could watch. */
  readonly last?: LastChange
}

const APART = -1
const DESTROYED = -2

export const recordCodec: Codec<SecretRecord> = {
  encode: (record) => encodeBehind(0, record, Buffer.allocUnsafe),
  encodeBehind,
  decode,
}

function encodeBehind(before: number, record: SecretRecord, allocate: (bytes: number) => Buffer): Buffer {
  const { versions } = record
  const head: Head = {
    created: record.createdMs,
    updated: record.updatedMs,
    current: record.current,
    oldest: record.oldest,
    settings: record.settings,
    versions: versions.map(rowOf),
    last: record.last,
  }
  const text = JSON.stringify(head)
  const textBytes = Buffer.byteLength(text)
  const textAt = before + HEAD_AT
  let length = textAt + textBytes
  for (const { data } of versions) if (typeof data !== 'string') length += data.length
  const encoded = allocate(length)
  encoded[before] = FORMAT
  encoded.writeUInt32BE(textBytes, before + 1)
  encoded.write(text, textAt)
  copyData(versions, encoded, textAt + textBytes)
  return encoded
}

/** What lay together in the record that was read, as all but the newest mostly did, is copied together. */
function copyData(versions: readonly Version[], target: Buffer, from: number): void {
  let at = from
  for (let i = 0; i < versions.length; ) {
    const { data } = versions[i++] as Version
    if (typeof data === 'string') continue
    const { source } = data
    let end = data.at + data.length
    for (; i < versions.length; i++) {
      const next = (versions[i] as Version).data
      if (typeof next === 'string') continue
      if (next.source !== source || next.at !== end) break
      end += next.length
    }
    at += source.copy(target, at, data.at, end)
  }
}

function rowOf({ number, createdMs, deletionMs, isRemoved, expiresMs, data }: Version): VersionRow {
  const place = data === 'apart' ? APART : data === 'destroyed' ? DESTROYED : data.length
  const deletion = deletionMs !== undefined && isRemoved === true ? -Math.max(1, deletionMs) : deletionMs
  return [number, createdMs, deletion ?? null, expiresMs ?? null, place]
}

/** Frozen all through. */
function decode(encoded: Uint8Array): SecretRecord {
  const bytes = Buffer.isBuffer(encoded) ? encoded : Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  if (bytes[0] !== FORMAT) throw new RangeError('unknown format of a secret record')
  const bodiesAt = HEAD_AT + bytes.readUInt32BE(1)
  const head = JSON.parse(bytes.toString('utf8', HEAD_AT, bodiesAt)) as Head
  const versions: Version[] = []
  let at = bodiesAt
  for (const [number, createdMs, deletion, expiresMs, place] of head.versions) {
    const data = place === APART ? 'apart' : place === DESTROYED ? 'destroyed' : Body.stored(bytes, at, place)
    if (place > 0) at += place
    const isRemoved = deletion !== null && deletion < 0
    const deletionMs = deletion === null ? undefined : Math.abs(deletion)
    versions.push(Object.freeze({ number, createdMs, deletionMs, isRemoved, expiresMs: expiresMs ?? undefined, data }))
  }
  if (at !== bytes.length) throw new RangeError('a secret record is cut')
  const last: LastChange = head.last ?? { kind: 'written', version: head.current }
  return Object.freeze({
    createdMs: head.created,
    updatedMs: head.updated,
    current: head.current,
    oldest: head.oldest,
    settings: deepFreeze(head.settings),
    versions: Object.freeze(versions),
    last: Object.freeze(last),
  })
}
