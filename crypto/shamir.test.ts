import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ShamirError } from './errors.ts'
import { combine, split } from './shamir.ts'

/** Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, bit by bit. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= a << bit
  }
  for (let bit = 15; bit >= 8; bit--) {
    if ((product >> bit) & 1) product ^= 0x11b << (bit - 8)
  }
  return product
}

const inverse = (a: number): number => Array.from({ length: 256 }, (_, b) => b).find((b) => times(a, b) === 1) ?? 0

/** The share at `x` by definition: each byte's polynomial at x, lowest coefficient (the secret) first, and then x itself. */
function shareAt(x: number, coefficients: readonly Buffer[]): Buffer {
  const [secret] = coefficients as [Buffer]
  const ys = secret.map((_, at) =>
    coefficients.reduceRight((sum, coefficient) => times(sum, x) ^ coefficient.readUInt8(at), 0),
  )
  return Buffer.concat([ys, Buffer.of(x)])
}

/** The secret by Lagrange's formula at 0. */
function interpolated(shares: readonly Buffer[]): Buffer {
  const xs = shares.map((share) => share.readUInt8(share.length - 1))
  const weights = xs.map((x, i) =>
    xs.reduce((weight, other, j) => (i === j ? weight : times(weight, times(other, inverse(other ^ x)))), 1),
  )
  const secret = Buffer.alloc((shares[0] as Buffer).length - 1)
  return secret.map((_, at) =>
    shares.reduce((sum, share, i) => sum ^ times(share.readUInt8(at), weights[i] ?? 0), 0),
  ) as Buffer
}

const bytes = (length: number, from: number) => Buffer.from(Array.from({ length }, (_, at) => (from + at * 37) & 255))

describe("the format of Vault's shares", () => {
  const secret = bytes(32, 11)
  const polynomial = [secret, bytes(32, 100), bytes(32, 201)]

  test('shares made by definition combine to the secret, in any order', async () => {
    const shares = [200, 1, 77].map((x) => shareAt(x, polynomial))
    expect(shares.map(({ length }) => length)).toEqual([33, 33, 33])
    expect(await combine(shares, 3)).toEqual(secret)
    expect(await combine(shares.toReversed(), 3)).toEqual(secret)
  })

  test('a fixed set of shares combines to what it was made of', async () => {
    // f(x) = 'A' + 2x for the first byte, 'B' + 3x for the second; at x = 1 and x = 2.
    const shares = ['434101', '454402'].map((text) => Buffer.from(text, 'hex'))
    expect((await combine(shares, 2)).toString()).toBe('AB')
  })

  test('our shares give the secret by definition', async () => {
    const shares = await split(secret, 5, 3)
    expect(new Set(shares.map((share) => share.at(-1))).size).toBe(5)
    expect(shares.some((share) => share.at(-1) === 0)).toBe(false)
    expect(interpolated(shares.slice(1, 4))).toEqual(secret)
    expect(interpolated(shares.slice(1, 3))).not.toEqual(secret)
  })

  test('one share is the secret itself', async () => {
    const [share] = await split(secret, 1, 1)
    expect(share).toEqual(secret)
    expect(share).not.toBe(secret)
    expect(await combine([secret], 1)).toEqual(secret)
  })
})

test('any threshold of the shares gives the secret', async () => {
  const setting = fc
    .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 12 }))
    .chain(([threshold, more]) =>
      fc.tuple(
        fc.constant(threshold),
        fc.constant(threshold + more),
        fc.shuffledSubarray([...Array(threshold + more).keys()], { minLength: threshold, maxLength: threshold }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
      ),
    )
  await fc.assert(
    fc.asyncProperty(setting, async ([threshold, count, chosen, raw]) => {
      const secret = Buffer.from(raw)
      const shares = await split(secret, count, threshold)
      expect(
        await combine(
          chosen.map((at) => shares[at] as Buffer),
          threshold,
        ),
      ).toEqual(secret)
    }),
    { numRuns: 60 },
  )
})

test('255 shares, of which 255 are needed', async () => {
  const secret = bytes(32, 3)
  const shares = await split(secret, 255, 255)
  expect(await combine(shares, 255)).toEqual(secret)
})

const refusedSplits: [number, number][] = [
  [1, 2],
  [3, 1],
  [2, 3],
  [256, 2],
  [0, 0],
]
for (const [shares, threshold] of refusedSplits) {
  test(`refuses ${threshold} of ${shares}`, async () => {
    await expect(split(bytes(32, 0), shares, threshold)).rejects.toThrow(ShamirError)
  })
}

const share = (x: number, length = 32) => Buffer.concat([bytes(length, x), Buffer.of(x)])
const refused: Record<string, Buffer[]> = {
  'too few': [share(1)],
  'too many': [share(1), share(2), share(3)],
  'with one x twice': [share(1), share(1)],
  'of unequal lengths': [share(1), share(2, 31)],
  'with an x of 0': [share(0), share(1)],
  'of one byte': [Buffer.of(1), Buffer.of(2)],
}
for (const [what, shares] of Object.entries(refused)) {
  test(`refuses shares: ${what}`, async () => {
    await expect(combine(shares, 2)).rejects.toThrow(ShamirError)
  })
}
