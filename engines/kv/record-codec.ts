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

export const recordCodec: Codec<SecretRecord> = { encode, decode }

function encode(record: SecretRecord): Buffer {
  const head: Head = {
    created: record.createdMs,
    updated: record.updatedMs,
    current: record.current,
    oldest: record.oldest,
    settings: record.settings,
    versions: record.versions.map(rowOf),
    last: record.last,
  }
  const text = JSON.stringify(head)
  const textBytes = Buffer.byteLength(text)
  let length = HEAD_AT + textBytes
  for (const { data } of record.versions) if (typeof data !== 'string') length += data.bytes.length
  const encoded = Buffer.allocUnsafe(length)
  encoded.writeUInt8(FORMAT)
  encoded.writeUInt32BE(textBytes, 1)
  encoded.write(text, HEAD_AT)
  let at = HEAD_AT + textBytes
  for (const { data } of record.versions) {
    if (typeof data === 'string') continue
    encoded.set(data.bytes, at)
    at += data.bytes.length
  }
  return encoded
}

function rowOf({ number, createdMs, deletionMs, isRemoved, expiresMs, data }: Version): VersionRow {
  const place = data === 'apart' ? APART : data === 'destroyed' ? DESTROYED : data.bytes.length
  const deletion = deletionMs !== undefined && isRemoved === true ? -Math.max(1, deletionMs) : deletionMs
  return [number, createdMs, deletion ?? null, expiresMs ?? null, place]
}

function decode(encoded: Uint8Array): SecretRecord {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  if (bytes.readUInt8() !== FORMAT) throw new RangeError('unknown format of a secret record')
  const bodiesAt = HEAD_AT + bytes.readUInt32BE(1)
  const head = JSON.parse(bytes.toString('utf8', HEAD_AT, bodiesAt)) as Head
  let at = bodiesAt
  const versions = head.versions.map(([number, createdMs, deletion, expiresMs, place]): Version => {
    const from = at
    if (place >= 0) at += place
    const data = place === APART ? 'apart' : place === DESTROYED ? 'destroyed' : Body.stored(bytes.subarray(from, at))
    const isRemoved = deletion !== null && deletion < 0
    const deletionMs = deletion === null ? undefined : Math.abs(deletion)
    return { number, createdMs, deletionMs, isRemoved, expiresMs: expiresMs ?? undefined, data }
  })
  if (at !== bytes.length) throw new RangeError('a secret record is cut')
  return {
    createdMs: head.created,
    updatedMs: head.updated,
    current: head.current,
    oldest: head.oldest,
    settings: head.settings,
    versions,
    last: head.last ?? { kind: 'written', version: head.current },
  }
}
