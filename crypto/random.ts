import { randomBytes, randomUUID } from 'node:crypto'

/** Where keys, nonces and identifiers come from. */
export interface RandomBytes {
  /** Cryptographically strong bytes. */
  bytes(count: number): Buffer
}

/** OpenSSL's generator, seeded by the operating system. */
export const systemRandom = {
  bytes(count: number): Buffer {
    return randomBytes(count)
  },
  uuid(): string {
    return randomUUID()
  },
} as const satisfies RandomBytes & { uuid(): string }
