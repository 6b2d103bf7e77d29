import { createPublicKey, type KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { EncodingError } from '../../crypto/errors.ts'
import { type Entry, StorageError } from '../../storage/backend.ts'
import { checkReplacement } from '../../storage/bounds.ts'
import { compareBytes } from '../../storage/byte-order.ts'
import {
  decodeEntries,
  decodeMeta,
  decodeTotals,
  entriesName,
  isSigned,
  META,
  type Meta,
  maxBytesOf,
  SIGNATURE,
  SUMS,
  sha256,
  sumLine,
  TOTALS,
  type Totals,
} from './format.ts'
import { ArchiveError, type Member, readMembers } from './tar.ts'

/** Where a snapshot is read from, as often as it has to be. */
export interface SnapshotFile {
  /** For people. */
  readonly name: string
  open(): Readable
}

const fileAt = (name: string): SnapshotFile => ({ name, open: () => createReadStream(name) })

/** A snapshot that is whole, and as it was written by who holds the key in `meta`. */
export interface Examined {
  readonly file: SnapshotFile
  readonly meta: Meta
  readonly totals: Totals
  /** SHA-256 of SHA256SUMS, hexadecimal: stands for all that the snapshot holds. */
  readonly digest: string
  /** Of each member that holds entries, in their order. */
  readonly hashes: readonly string[]
}

/**
 * Reads a snapshot once, from end to end. Throws ArchiveError with what is wrong and where: a bit that changed, a cut
 * end, members in another order or of another snapshot, a signature that is not of `trusted` (default: the key that
 * the snapshot itself names).
 */
export async function examine(source: string | SnapshotFile, trusted?: KeyObject): Promise<Examined> {
  const file = typeof source === 'string' ? fileAt(source) : source
  const reading = new Reading(file, trusted)
  for await (const member of membersOf(file)) reading.member(member)
  return reading.end()
}

/** The entries of an examined snapshot. Throws ArchiveError when the file has changed since. */
export async function* entriesOf(snapshot: Examined): AsyncGenerator<Entry[], void> {
  let nth = 0
  for await (const { name, body } of membersOf(snapshot.file)) {
    if (!name.startsWith('entries/')) continue
    if (sha256(body) !== snapshot.hashes[nth]) throw new ArchiveError(name, 'it has changed since it was examined')
    nth++
    yield decodeEntries(body)
  }
  if (nth !== snapshot.hashes.length) throw new ArchiveError(entriesName(nth), 'the file was cut since it was examined')
}

function membersOf(file: SnapshotFile): AsyncGenerator<Member, void> {
  const gunzip = createGunzip()
  pipeline(file.open(), gunzip, () => {}) // whoever reads what comes out is told
  return readMembers(gunzip, maxBytesOf)
}

/** What has been read so far. Members come in one order only. */
class Reading {
  readonly #file: SnapshotFile
  readonly #trusted: KeyObject | undefined
  readonly #sums: string[] = []
  readonly #hashes: string[] = []
  readonly #counted = { entries: 0, bytes: 0 }
  #lastPath: string | undefined
  #meta: Meta | undefined
  #totals: Totals | undefined
  #list: Buffer | undefined
  #signature: Buffer | undefined
  #last = 'the beginning'

  constructor(file: SnapshotFile, trusted: KeyObject | undefined) {
    this.#file = file
    this.#trusted = trusted
  }

  member({ name, body }: Member): void {
    if (name !== this.#expected(name)) throw new ArchiveError(name, `it stands where ${this.#expected(name)} belongs`)
    if (name === META) this.#readMeta(body)
    else if (name === TOTALS) this.#totals = decodeTotals(body)
    else if (name === SUMS) this.#compare(body)
    else if (name === SIGNATURE) this.#signature = Buffer.from(body)
    else this.#readEntries(name, body)
    this.#sums.push(sumLine(sha256(body), name))
    this.#last = name
  }

  /** The name that this member should have. */
  #expected(name: string): string {
    if (this.#meta === undefined) return META
    if (this.#list !== undefined) return SIGNATURE
    if (this.#totals !== undefined) return SUMS
    return name === TOTALS ? TOTALS : entriesName(this.#hashes.length + 1)
  }

  #readMeta(body: Buffer): void {
    this.#meta = decodeMeta(body)
    if (this.#meta === undefined) throw new ArchiveError(META, 'not a snapshot that this version can read')
  }

  #readEntries(name: string, body: Buffer): void {
    this.#hashes.push(sha256(body))
    try {
      const entries = decodeEntries(body)
      checkReplacement(entries)
      for (const { path, value } of entries) {
        if (this.#lastPath !== undefined && compareBytes(this.#lastPath, path) >= 0)
          throw new ArchiveError(name, 'its entries are not in order')
        this.#lastPath = path
        this.#counted.entries++
        this.#counted.bytes += Buffer.byteLength(path) + value.byteLength
      }
    } catch (error) {
      if (error instanceof EncodingError) throw new ArchiveError(name, 'its entries are damaged')
      if (error instanceof StorageError) throw new ArchiveError(name, `no storage takes its entries: ${error.message}`)
      throw error
    }
  }

  /** Every member against the list, which is signed. */
  #compare(list: Buffer): void {
    const stated = list.toString('latin1').split(/(?<=\n)/)
    for (const [at, line] of this.#sums.entries()) {
      if (stated[at] === line) continue
      throw new ArchiveError(
        line.slice(66).trim(),
        'it is damaged, or of another snapshot: its hash is not the one stated',
      )
    }
    if (stated.length !== this.#sums.length) throw new ArchiveError(SUMS, 'it names members that are not there')
    this.#list = Buffer.from(list)
  }

  end(): Examined {
    const [meta, totals, list, signature] = [this.#meta, this.#totals, this.#list, this.#signature]
    if (meta === undefined || totals === undefined || list === undefined || signature === undefined)
      throw new ArchiveError(this.#last, 'the file is cut short here')
    const key = publicKeyOf(meta.publicKey)
    if (this.#trusted !== undefined && !this.#trusted.equals(key))
      throw new ArchiveError(META, 'it was signed by another vault than the one whose key was given')
    if (!isSigned(list, key, signature)) throw new ArchiveError(SIGNATURE, 'the signature is not of this snapshot')
    const { entries, bytes } = this.#counted
    if (totals.entries !== entries || totals.bytes !== bytes) throw new ArchiveError(TOTALS, 'it does not count right')
    return { file: this.#file, meta, totals, digest: sha256(list), hashes: this.#hashes }
  }
}

/** Of the 32 bytes of an Ed25519 public key. */
export function publicKeyOf(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' })
}
