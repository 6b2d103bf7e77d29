import { createHmac, timingSafeEqual } from 'node:crypto'

export const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** What makes the codes of a key. */
export interface CodeTerms {
  readonly secret: Buffer
  readonly periodSeconds: number
  readonly algorithm: Algorithm
  readonly digits: number
}

/** A key with all that whoever makes or checks its codes has to know. */
export interface OneTimeKey extends CodeTerms {
  readonly issuer: string
  readonly accountName: string
  /** How many periods a clock may be off. */
  readonly skew: number
}

/** The number of the period that a time lies in. */
export function stepAt({ periodSeconds }: CodeTerms, nowMs: number): number {
  return Math.floor(nowMs / 1000 / periodSeconds)
}

/** RFC 6238 over RFC 4226, section 5.3. */
export function codeAt({ secret, algorithm, digits }: CodeTerms, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac(algorithm.toLowerCase(), secret).update(counter).digest()
  const at = (hash.at(-1) ?? 0) & 15
  const number = hash.readUInt32BE(at) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The periods, from `skew` before now to `skew` after, whose code it is. How long it takes does not tell which. */
export function stepsOf(terms: CodeTerms, code: string, skew: number, nowMs: number): readonly number[] {
  const now = stepAt(terms, nowMs)
  const steps: number[] = []
  for (let step = Math.max(0, now - skew); step <= now + skew; step++) {
    if (isSame(codeAt(terms, step), code)) steps.push(step)
  }
  return steps
}

function isSame(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
