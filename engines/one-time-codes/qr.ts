/** QR codes (ISO/IEC 18004), byte mode with error correction M: enough for a URL, and nothing else. */

/** Of versions 1 to 20 with M: correction bytes of each block, and how many blocks of how many data bytes. */
const BLOCKS: readonly (readonly [
  correction: number,
  ...groups: readonly (readonly [count: number, size: number])[],
])[] = [
  [10, [1, 16]],
  [16, [1, 28]],
  [26, [1, 44]],
  [18, [2, 32]],
  [24, [2, 43]],
  [16, [4, 27]],
  [18, [4, 31]],
  [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]],
  [30, [1, 50], [4, 51]],
  [22, [6, 36], [2, 37]],
  [22, [8, 37], [1, 38]],
  [24, [4, 40], [5, 41]],
  [24, [5, 41], [5, 42]],
  [28, [7, 45], [3, 46]],
  [28, [10, 46], [1, 47]],
  [26, [9, 43], [4, 44]],
  [26, [3, 44], [11, 45]],
  [26, [3, 41], [13, 42]],
]

/** Centres of the alignment patterns, by version. */
const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
  [6, 26, 46, 66],
  [6, 26, 48, 70],
  [6, 26, 50, 74],
  [6, 30, 54, 78],
  [6, 30, 56, 82],
  [6, 30, 58, 86],
  [6, 34, 62, 90],
]

/** Rows of modules, true where dark, without the quiet zone; undefined for what is too long. */
export function qrCode(text: string): readonly (readonly boolean[])[] | undefined {
  const bytes = Buffer.from(text, 'utf8')
  for (let version = 1; version <= BLOCKS.length; version++) {
    const data = dataOf(bytes, version)
    if (data !== undefined) return new Drawing(version, interleaved(data, version)).rows
  }
  return undefined
}

function blockSizes(version: number): readonly number[] {
  const [, ...groups] = BLOCKS[version - 1] ?? [0]
  return groups.flatMap(([count, size]) => Array.from({ length: count }, () => size))
}

/** Mode, length, bytes, padding; undefined where it does not fit. */
function dataOf(bytes: Buffer, version: number): Buffer | undefined {
  const capacity = blockSizes(version).reduce((sum, size) => sum + size, 0)
  const lengthBits = version < 10 ? 8 : 16
  if (4 + lengthBits + 8 * bytes.length > 8 * capacity) return undefined
  const bits = `0100${bytes.length.toString(2).padStart(lengthBits, '0')}${[...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')}`
  const ended = bits + '0'.repeat(Math.min(4, 8 * capacity - bits.length))
  const padded = ended.padEnd(8 * Math.ceil(ended.length / 8), '0')
  const data = Buffer.alloc(capacity)
  for (let i = 0; i < capacity; i++) {
    const start = 8 * i
    const pad = (i - padded.length / 8) % 2 === 0 ? 0xec : 0x11
    data[i] = start < padded.length ? Number.parseInt(padded.slice(start, start + 8), 2) : pad
  }
  return data
}

/** The blocks of data, then those of their corrections, byte by byte in turn. */
function interleaved(data: Buffer, version: number): Buffer {
  const [correction] = BLOCKS[version - 1] ?? [0]
  const blocks: Buffer[] = []
  let at = 0
  for (const size of blockSizes(version)) {
    blocks.push(data.subarray(at, at + size))
    at += size
  }
  const corrections = blocks.map((block) => remainderOf(block, correction))
  const turns = (parts: readonly Buffer[]): number[] => {
    const longest = Math.max(...parts.map(({ length }) => length))
    return Array.from({ length: longest }, (_, i) =>
      parts.flatMap((part) => (i < part.length ? [part[i] ?? 0] : [])),
    ).flat()
  }
  return Buffer.from([...turns(blocks), ...turns(corrections)])
}

/** In the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> bit) & 1) * a
  }
  return product
}

/** Reed-Solomon: the remainder by (x - 1)(x - 2)(x - 4)… of `count` factors. */
function remainderOf(block: Buffer, count: number): Buffer {
  const divisor = new Array<number>(count).fill(0)
  divisor[count - 1] = 1
  let root = 1
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) divisor[j] = times(divisor[j] ?? 0, root) ^ (divisor[j + 1] ?? 0)
    root = times(root, 2)
  }
  const remainder = new Array<number>(count).fill(0)
  for (const byte of block) {
    const factor = byte ^ (remainder.shift() ?? 0)
    remainder.push(0)
    for (let j = 0; j < count; j++) remainder[j] = (remainder[j] ?? 0) ^ times(divisor[j] ?? 0, factor)
  }
  return Buffer.from(remainder)
}

/** One symbol as it is drawn: what every symbol has, then the data in a zigzag, under mask 0. */
class Drawing {
  readonly rows: boolean[][]
  readonly #size: number
  readonly #fixed: boolean[][]

  constructor(version: number, data: Buffer) {
    this.#size = 17 + 4 * version
    const empty = () => Array.from({ length: this.#size }, () => new Array<boolean>(this.#size).fill(false))
    this.rows = empty()
    this.#fixed = empty()
    this.#drawTiming()
    for (const [x, y] of [
      [3, 3],
      [this.#size - 4, 3],
      [3, this.#size - 4],
    ] as const)
      this.#drawFinder(x, y)
    this.#drawAlignment(version)
    this.#drawFormat()
    if (version >= 7) this.#drawVersion(version)
    this.#drawData(data)
  }

  #set(x: number, y: number, isDark: boolean): void {
    const [row, fixed] = [this.rows[y], this.#fixed[y]]
    if (row === undefined || fixed === undefined || x < 0 || x >= this.#size) return
    row[x] = isDark
    fixed[x] = true
  }

  #drawTiming(): void {
    for (let i = 0; i < this.#size; i++) {
      this.#set(6, i, i % 2 === 0)
      this.#set(i, 6, i % 2 === 0)
    }
  }

  #drawFinder(x: number, y: number): void {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy))
        this.#set(x + dx, y + dy, ring !== 2 && ring !== 4)
      }
    }
  }

  #drawAlignment(version: number): void {
    const centres = ALIGNMENT[version - 1] ?? []
    const last = centres.length - 1
    centres.forEach((x, i) => {
      centres.forEach((y, j) => {
        const isFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)
        if (isFinder) return
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) this.#set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
        }
      })
    })
  }

  /** Error correction M and mask 0, whose five bits are all 0, under the code and mask of the standard. */
  #drawFormat(): void {
    const bits = 0x5412
    const bit = (i: number): boolean => ((bits >> i) & 1) === 1
    for (let i = 0; i <= 5; i++) this.#set(8, i, bit(i))
    this.#set(8, 7, bit(6))
    this.#set(8, 8, bit(7))
    this.#set(7, 8, bit(8))
    for (let i = 9; i < 15; i++) this.#set(14 - i, 8, bit(i))
    for (let i = 0; i < 8; i++) this.#set(this.#size - 1 - i, 8, bit(i))
    for (let i = 8; i < 15; i++) this.#set(8, this.#size - 15 + i, bit(i))
    this.#set(8, this.#size - 8, true)
  }

  #drawVersion(version: number): void {
    let remainder = version
    for (let i = 0; i < 12; i++) remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1f25)
    const bits = (version << 12) | remainder
    for (let i = 0; i < 18; i++) {
      const isDark = ((bits >> i) & 1) === 1
      const [a, b] = [this.#size - 11 + (i % 3), Math.floor(i / 3)]
      this.#set(a, b, isDark)
      this.#set(b, a, isDark)
    }
  }

  #drawData(data: Buffer): void {
    let next = 0
    for (let right = this.#size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      const isUpward = ((right + 1) & 2) === 0
      for (let step = 0; step < this.#size; step++) {
        const y = isUpward ? this.#size - 1 - step : step
        for (const x of [right, right - 1]) {
          if (this.#fixed[y]?.[x] !== false) continue
          const isDark = (((data[next >> 3] ?? 0) >> (7 - (next & 7))) & 1) === 1
          next++
          const row = this.rows[y]
          if (row !== undefined) row[x] = isDark !== ((x + y) % 2 === 0)
        }
      }
    }
  }
}
