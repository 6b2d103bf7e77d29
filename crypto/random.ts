import { randomBytes, randomFillSync, randomUUID } from 'node:crypto'

/** Where keys, nonces and identifiers come from. */
export interface RandomBytes {
  /** Cryptographically strong bytes. */
  bytes(count: number): Buffer
}

/** Nonces and identifiers: a call for each costs ten times what the bytes do. Keys are longer, and never lie in wait. */
const POOLED_MAX_BYTES = 16
const pool = Buffer.alloc(4096)
let used = pool.length

/** Bytes of the pool, which are erased there as they are given out. So few go faster one by one than through a copy of a view. */
function pooled(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.allocUnsafe(count)
  for (let at = 0; at < count; at++) {
    bytes[at] = pool[used + at] as number
    pool[used + at] = 0
  }
  used += count
  return bytes
}

/** OpenSSL's generator, seeded by the operating system. */
export const systemRandom = {
  bytes(count: number): Buffer {
    return count <= POOLED_MAX_BYTES ? pooled(count) : randomBytes(count)
  },
  uuid(): string {
    return randomUUID()
  },
} as const satisfies RandomBytes & { uuid(): string }
