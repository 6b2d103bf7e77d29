import { type CelFunc, type CelResult, type CelValue, celError, isCelList, isCelMap } from '@bufbuild/cel'

/**
 * Bounds of what programs make. A thread whose heap is full ends alone only where little is asked of the heap at once: a
 * text or list of more than Node.js leaves room for beyond the heap's bound (16 MiB) ends the whole process. Buffers lie
 * outside of the heap, where nothing else bounds them.
 */

/** Characters of a text, bytes of a buffer, members of a list or map; characters of all texts in what is sent to and fro. */
export const SIZE_MAX = 262_144
/** Of all buffers that functions make in one run. */
const BYTES_MAX = 16_777_216

/** Throws when something would hold more than there may be. */
export function checkSize(size: number): void {
  if (size > SIZE_MAX) throw new Error('the program makes too much')
}

/** Throws when the texts and members of a JSON value are more than there may be. */
export function checkJsonSize(value: unknown): void {
  let size = 0
  const count = (one: unknown): void => {
    size += typeof one === 'string' ? one.length : 1
    checkSize(size)
    if (typeof one !== 'object' || one === null) return
    if (Array.isArray(one)) one.forEach(count)
    else
      for (const [name, member] of Object.entries(one)) {
        size += name.length
        count(member)
      }
  }
  count(value)
}

/** Functions that take and make nothing above the bound, and together no more bytes than there may be. */
export class BoundedFunctions {
  readonly all: CelFunc[]
  #bytes = 0

  constructor(functions: Iterable<CelFunc>) {
    this.all = Array.from(functions, (one) => this.#bounded(one))
  }

  /** A run begins. */
  reset(): void {
    this.#bytes = 0
  }

  #bounded(inner: CelFunc): CelFunc {
    const call = (id: number, target: CelValue | undefined, args: CelValue[]): CelResult | undefined => {
      try {
        checkSize(sizeOf(target))
        for (const one of args) checkSize(sizeOf(one))
        const made = inner.call(id, target, args)
        checkSize(sizeOf(made))
        if (made instanceof Uint8Array) this.#bytes += made.length
        if (this.#bytes > BYTES_MAX) throw new Error('the program makes too many bytes')
        return made
      } catch (error) {
        return celError(error, id)
      }
    }
    return Object.create(inner, { call: { value: call } }) as CelFunc
  }
}

function sizeOf(value: CelResult | undefined): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length
  return isCelList(value) || isCelMap(value) ? value.size : 0
}
