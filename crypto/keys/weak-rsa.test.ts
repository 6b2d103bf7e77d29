import { generateKeyPairSync, generatePrimeSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { weakModulus } from './weak-rsa.ts'

const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true })

/** A prime of this remainder. */
const primeWith = (bits: number, add: bigint, rem: bigint): bigint =>
  generatePrimeSync(bits, { bigint: true, add, rem })

/** The product of the first 71 primes, as Infineon's library had it for keys of 1024 bits. */
const PRIMORIAL = Array.from({ length: 360 }, (_, n) => n)
  .filter((n) => n > 1 && Array.from({ length: n }, (_, m) => m).every((m) => m < 2 || n % m !== 0))
  .slice(0, 71)
  .reduce((product, n) => product * BigInt(n), 1n)

function powerOf65537(exponent: number): bigint {
  let power = 1n
  for (let times = 0; times < exponent; times++) power = (power * 65_537n) % PRIMORIAL
  return power
}

describe('an RSA key', () => {
  test('of OpenSSL is not weak', () => {
    for (let times = 0; times < 5; times++) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const { n = '' } = publicKey.export({ format: 'jwk' })
      expect(weakModulus(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))).toBeUndefined()
    }
  })

  test('whose primes follow one another', () => {
    const first = prime(512)
    // By the prime number theorem there is one within a few hundred; the distance is what counts, not that it is prime.
    for (const distance of [0n, 2n, 1_000n, 1n << 250n])
      expect(weakModulus(first * nextPrime(first + distance))).toContain('close to one another')
  })

  test.each([10, 20, 26, 27, 52, 53, 104, 120, 1024, 2048, 4096])(
    'whose primes of %s bits each are the same, or next to each other',
    (bits) => {
      for (let times = 0; times < 20; times++) {
        // Above what divides by small primes.
        const first = nextPrime((1n << BigInt(bits)) + BigInt(times) * 1_000_003n)
        for (const second of [first, nextPrime(first + 2n)])
          expect(weakModulus(first * second)).toContain('close to one another')
      }
    },
  )

  test.each([
    // Fermat's method takes d² / 8p rounds: 8 to 16, and 32 to 64 of the 100.
    [259n, true],
    [260n, true],
    // 512 to 1024.
    [262n, false],
  ])('whose primes are 2^%s apart: found %s', (bits, isFound) => {
    const first = prime(512)
    const weakness = weakModulus(first * nextPrime(first + (1n << bits)))
    if (isFound) expect(weakness).toContain('close to one another')
    else expect(weakness).toBeUndefined()
  })

  test('of two primes that are far apart is not', () => {
    expect(weakModulus(prime(512) * prime(513))).toBeUndefined()
  })

  test.each([3n, 5n, 97n, 751n])('with the factor %s', (factor) => {
    expect(weakModulus(factor * prime(512))).toContain('small factor')
  })

  test("of Infineon's library", () => {
    const [p, q] = [powerOf65537(12_345), powerOf65537(54_321)].map((rem) => primeWith(512, PRIMORIAL, rem))
    expect(weakModulus((p ?? 0n) * (q ?? 0n))).toContain('ROCA')
  })
})

/** The first number from there on that none of the first primes divides. */
function nextPrime(from: bigint): bigint {
  for (let candidate = from | 1n; ; candidate += 2n) if (gcd(candidate, SMALL) === 1n) return candidate
}

const SMALL = Array.from({ length: 800 }, (_, n) => BigInt(n + 2)).reduce((all, n) => all * n)

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}
