/** The archive that snapshots are: POSIX ustar, of plain files with short names. */

const BLOCK = 512
const OCTAL_SIZE_MAX = 0o77777777777
/** Zeros behind the last member: two blocks as it is written here, and what other programs fill up with. */
const END_MAX = 1024 * 1024
/** As it is written here: tar's other spellings stand in no snapshot. */
const SIZE = /^[0-7]{11}$/

export interface Member {
  readonly name: string
  readonly body: Buffer
}

/** Something in an archive is not what was written; `place` is the member it is in or behind. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
  readonly place: string
  constructor(place: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.place = place
  }
}

/** Of a file of `size` bytes that only its owner may read. */
export function memberHeader(name: string, size: number, timeMs: number): Buffer {
  if (name.length > 100 || size > OCTAL_SIZE_MAX) throw new RangeError('not a member of an archive')
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0)
  header.write('0000600\0', 100)
  header.write('0000000\0', 108) // user
  header.write('0000000\0', 116) // group
  header.write(`${octal(size, 11)}\0`, 124)
  header.write(`${octal(Math.floor(timeMs / 1000), 11)}\0`, 136)
  header.write('0', 156) // a plain file
  header.write('ustar\u000000', 257, 'latin1')
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148)
  return header
}

/** What fills the last block of a member. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

/** Ends an archive. */
export const archiveEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

/**
 * The members of an archive, one in memory at a time. Throws ArchiveError for what is no archive, for one that is cut
 * short, and for members larger than `maxBytes` says of their name.
 */
export async function* readMembers(
  source: AsyncIterable<Buffer>,
  maxBytes: (name: string) => number,
): AsyncGenerator<Member, void> {
  const input = new Input(source)
  let place = 'the beginning'
  for (;;) {
    const header = await input.take(BLOCK, place)
    if (header.every((byte) => byte === 0)) {
      await input.expectEnd(place)
      return
    }
    const { name, size } = parseHeader(header, place)
    if (size > maxBytes(name)) throw new ArchiveError(name, 'it is larger than any that is written')
    const body = await input.take(size, name)
    await input.take(padding(size).length, name)
    yield { name, body }
    place = name
  }
}

const NO_MEMBER = 'what follows it is damaged or cut off, or the file is no snapshot'

function parseHeader(header: Buffer, place: string): { name: string; size: number } {
  const stated = Number.parseInt(header.toString('latin1', 148, 154), 8)
  const size = header.toString('latin1', 124, 135)
  if (stated !== checksumOf(header) || header.toString('latin1', 257, 262) !== 'ustar' || !SIZE.test(size))
    throw new ArchiveError(place, NO_MEMBER)
  const name = header.toString('latin1', 0, 100).replace(/\0.*$/s, '')
  return { name, size: Number.parseInt(size, 8) }
}

/** The sum of all bytes, its own field taken for spaces. */
function checksumOf(header: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0
  return sum
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

/** Bytes as they are asked for, of pieces as they come. */
class Input {
  readonly #source: AsyncIterator<Buffer>
  #held: Buffer[] = []
  #size = 0

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async take(count: number, place: string): Promise<Buffer> {
    while (this.#size < count) {
      const piece = await this.#next(place)
      if (piece === undefined) throw new ArchiveError(place, 'the file is cut short here')
      this.#held.push(piece)
      this.#size += piece.length
    }
    const all = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held)
    this.#held = [all.subarray(count)]
    this.#size -= count
    return all.subarray(0, count)
  }

  /** Only zeros may follow, and no more of them than fill a record of tar's. */
  async expectEnd(place: string): Promise<void> {
    const rest = [...this.#held]
    let length = 0
    for (let piece = rest.pop() ?? Buffer.alloc(0); ; ) {
      length += piece.length
      if (length > END_MAX || piece.some((byte) => byte !== 0))
        throw new ArchiveError(place, 'something was put behind the end')
      const next = await this.#next(place)
      if (next === undefined) return
      piece = next
    }
  }

  async #next(place: string): Promise<Buffer | undefined> {
    try {
      const { value, done } = await this.#source.next()
      return done === true ? undefined : value
    } catch (cause) {
      // A file that can't be read says nothing about what is in it.
      if (cause instanceof Error && 'syscall' in cause) throw cause
      throw new ArchiveError(place, NO_MEMBER, { cause })
    }
  }
}
