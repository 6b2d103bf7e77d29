import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { ByteReader } from '../../crypto/encoding.ts'
import { EncodingError } from '../../crypto/errors.ts'
import { isJsonObject } from '../../engines/json-object.ts'
import {
  type Entry,
  type Revision,
  SNAPSHOT_BATCH_BYTES,
  SNAPSHOT_BATCH_ENTRIES,
  VALUE_MAX_BYTES,
} from '../../storage/backend.ts'

/**
 * A snapshot is a gzip-compressed tar archive of, in this order:
 *
 *   meta.json            what it is a snapshot of
 *   entries/00000001 …   entries in byte order of their paths, their values as they lie in storage: sealed
 *   totals.json          how many there are
 *   SHA256SUMS           the SHA-256 of each member before it, as sha256sum writes them
 *   SHA256SUMS.sealed    an Ed25519 signature of SHA256SUMS
 *
 * The last two have the names by which clients of Vault tell a whole snapshot from a part of one.
 */
export const META = 'meta.json'
export const TOTALS = 'totals.json'
export const SUMS = 'SHA256SUMS'
export const SIGNATURE = 'SHA256SUMS.sealed'
export const entriesName = (nth: number): string => `entries/${String(nth).padStart(8, '0')}`

/** No member is larger: a batch ends with the value that fills it. */
const MEMBER_MAX_BYTES = VALUE_MAX_BYTES + SNAPSHOT_BATCH_BYTES * 4
const SMALL_MAX_BYTES = 64 * 1024
const SMALL: ReadonlySet<string> = new Set([META, TOTALS, SIGNATURE])
/** Many times more than are written: so many are taken in at once. */
const MEMBER_MAX_ENTRIES = SNAPSHOT_BATCH_ENTRIES * 50

export const maxBytesOf = (member: string): number => (SMALL.has(member) ? SMALL_MAX_BYTES : MEMBER_MAX_BYTES)

const FORMAT = 'egide-snapshot'
const VERSION = 1

export interface Meta {
  /** Different for every snapshot. */
  readonly id: string
  readonly clusterId: string
  readonly clusterName: string
  readonly revision: Revision
  /** Milliseconds since the epoch. */
  readonly createdMs: number
  /** Of Ed25519, 32 bytes. */
  readonly publicKey: Buffer
}

export interface Totals {
  readonly entries: number
  /** Of paths and values. */
  readonly bytes: number
}

export function encodeMeta(meta: Meta): Buffer {
  const { id, clusterId, clusterName, revision, createdMs, publicKey } = meta
  return jsonBytes({
    format: FORMAT,
    version: VERSION,
    id,
    cluster_id: clusterId,
    cluster_name: clusterName,
    revision,
    created_time: new Date(createdMs).toISOString(),
    public_key: publicKey.toString('base64'),
  })
}

/** Undefined for what is none that this version reads. */
export function decodeMeta(bytes: Buffer): Meta | undefined {
  const { format, version, ...meta } = parsed(bytes)
  const { id, cluster_id: clusterId, cluster_name: clusterName, revision, created_time, public_key } = meta
  if (format !== FORMAT || version !== VERSION) return undefined
  if (typeof id !== 'string' || typeof clusterId !== 'string' || typeof clusterName !== 'string') return undefined
  if (!Number.isSafeInteger(revision) || typeof created_time !== 'string' || typeof public_key !== 'string') return
  const publicKey = Buffer.from(public_key, 'base64')
  const createdMs = Date.parse(created_time)
  if (publicKey.length !== 32 || Number.isNaN(createdMs)) return undefined
  return { id, clusterId, clusterName, revision: Number(revision), createdMs, publicKey }
}

export function encodeTotals({ entries, bytes }: Totals): Buffer {
  return jsonBytes({ entries, bytes })
}

export function decodeTotals(bytes: Buffer): Totals | undefined {
  const totals = parsed(bytes)
  if (!Number.isSafeInteger(totals.entries) || !Number.isSafeInteger(totals.bytes)) return undefined
  return { entries: Number(totals.entries), bytes: Number(totals.bytes) }
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

const HAS_EXPIRY = 1

/** Each: length of path (2) | path | flags (1) | revision (8) | expiry, if any (8, a double) | length of value (4) | value. */
export function encodeEntries(entries: readonly Entry[]): Buffer {
  let size = 0
  for (const entry of entries) size += sizeOf(entry)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const { path, value, revision, expiresAtMs } of entries) {
    const length = bytes.write(path, at + 2)
    at = bytes.writeUInt16BE(length, at) + length
    at = bytes.writeUInt8(expiresAtMs === undefined ? 0 : HAS_EXPIRY, at)
    at = bytes.writeBigUInt64BE(BigInt(revision), at)
    if (expiresAtMs !== undefined) at = bytes.writeDoubleBE(expiresAtMs, at)
    at = bytes.writeUInt32BE(value.byteLength, at)
    bytes.set(value, at)
    at += value.byteLength
  }
  return bytes
}

function sizeOf({ path, value, expiresAtMs }: Entry): number {
  return 2 + Buffer.byteLength(path) + (expiresAtMs === undefined ? 13 : 21) + value.byteLength
}

/** Throws EncodingError, for none and for too many as well. The values are views. */
export function decodeEntries(bytes: Buffer): Entry[] {
  const reader = new ByteReader(bytes)
  const entries: Entry[] = []
  for (let left = bytes.length; left > 0; ) {
    const path = reader.take(reader.uint16())
    const hasExpiry = reader.uint8() === HAS_EXPIRY
    const revision = reader.uint53()
    const expiresAtMs = hasExpiry ? reader.take(8).readDoubleBE() : undefined
    const value = reader.take(reader.uint32())
    if (entries.push({ path: path.toString(), value, revision, expiresAtMs }) > MEMBER_MAX_ENTRIES)
      throw new EncodingError('more entries than are written together')
    left -= 2 + path.length + (hasExpiry ? 21 : 13) + value.length
  }
  if (entries.length === 0) throw new EncodingError('a member without entries')
  return entries
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const sumLine = (hash: string, name: string): string => `${hash}  ${name}\n`

/** Bytes that nothing else of this key ever signs. */
const signed = (sums: Buffer): Buffer => Buffer.concat([Buffer.from('egide snapshot 1\n'), sums])

export function signSums(sums: Buffer, key: KeyObject): Buffer {
  return sign(null, signed(sums), key)
}

export function isSigned(sums: Buffer, key: KeyObject, signature: Buffer): boolean {
  return verify(null, signed(sums), key, signature)
}
