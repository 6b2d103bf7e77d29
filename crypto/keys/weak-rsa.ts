/** RSA keys that anybody can take apart, because of how their primes were chosen: faults of key generators that are in use. */

/** What is wrong with a modulus of two primes; undefined: nothing that is seen at once. */
export function weakModulus(modulus: bigint): string | undefined {
  const residues = residuesOf(modulus)
  if (residues.includes(0)) return 'the modulus of the RSA key has a small factor'
  if (INFINEON.every((powers, at) => powers.has(residues[at] ?? 0)))
    return 'the RSA key was made by a faulty chip (ROCA, CVE-2017-15361)'
  return areClose(modulus) ? 'the primes of the RSA key are close to one another (CVE-2022-26320)' : undefined
}

const SMALL_PRIME_MAX = 751
const SMALL_PRIMES = oddPrimesTo(SMALL_PRIME_MAX)

function oddPrimesTo(max: number): readonly number[] {
  const found: number[] = []
  for (let number = 3; number <= max; number += 2) if (found.every((prime) => number % prime !== 0)) found.push(number)
  return found
}

/** Some together, in their order: numbers of many words are divided that much less often. */
const GROUPS = grouped(SMALL_PRIMES)

function grouped(
  primes: readonly number[],
): readonly { readonly product: bigint; readonly primes: readonly number[] }[] {
  const groups: { product: bigint; primes: number[] }[] = []
  for (const prime of primes) {
    const last = groups.at(-1)
    const product = (last?.product ?? 1n) * BigInt(prime)
    if (last === undefined || product > BigInt(Number.MAX_SAFE_INTEGER))
      groups.push({ product: BigInt(prime), primes: [prime] })
    else {
      last.product = product
      last.primes.push(prime)
    }
  }
  return groups
}

const ALL_PRIMES = SMALL_PRIMES.reduce((product, prime) => product * BigInt(prime), 1n)

/** In the order of SMALL_PRIMES. */
function residuesOf(modulus: bigint): readonly number[] {
  // Half as long as an RSA-2048 modulus, and leaves the same.
  const short = modulus % ALL_PRIMES
  const residues: number[] = []
  for (const { product, primes } of GROUPS) {
    const rest = Number(short % product)
    for (const prime of primes) residues.push(rest % prime)
  }
  return residues
}

/** The largest prime of the fingerprint of "The Return of Coppersmith's Attack" (Nemec and others, 2017), 3.1. */
const FINGERPRINT_PRIME_MAX = 167
/**
 * Infineon's primes, and so their products, are powers of 65537 modulo each of the first primes: one modulus of 2^27 others is too.
 * Of each prime, in the order of SMALL_PRIMES.
 */
const INFINEON = SMALL_PRIMES.filter((prime) => prime <= FINGERPRINT_PRIME_MAX).map(powersOf65537)

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * (65_537 % prime)) % prime) powers.add(power)
  return powers
}

/** As many as the rules of the public web's authorities want (Baseline Requirements, 6.1.1.3). */
const FERMAT_ROUNDS = 100

/** Fermat's method: the modulus is a square less another, the smaller of which is small where the primes are close. */
function areClose(modulus: bigint): boolean {
  let root = squareRoot(modulus)
  if (root * root === modulus) return true
  root++
  const first = root * root - modulus
  // What is left after n rounds is first + n * (2 * root + n). Modulo SIEVE it is no square nearly always, and small to reckon with.
  const [firstRest, rootRest] = [Number(first % SIEVE), Number(root % SIEVE)]
  for (let round = 0; round < FERMAT_ROUNDS; round++) {
    const rest = firstRest + round * (2 * rootRest + round)
    if (mayBeSquare(rest) && isSquare(first + BigInt(round) * (2n * root + BigInt(round)))) return true
  }
  return false
}

/** Modulo these most numbers are no squares. */
const SIEVE_MODULI = [64, 63, 65, 11] as const
const SIEVES = SIEVE_MODULI.map((modulus) => new Set(Array.from({ length: modulus }, (_, n) => (n * n) % modulus)))
const SIEVE = BigInt(SIEVE_MODULI.reduce((product, modulus) => product * modulus, 1))

/** By what is left of it modulo SIEVE, or a number that leaves the same. */
function mayBeSquare(rest: number): boolean {
  return SIEVES.every((squares, at) => squares.has(rest % (SIEVE_MODULI[at] ?? 1)))
}

function isSquare(number: bigint): boolean {
  const root = squareRoot(number)
  return root * root === number
}

/** The largest number whose square is not larger. */
function squareRoot(number: bigint): bigint {
  const near = nearRoot(number, bitsOf(number))
  return near * near > number ? near - 1n : near
}

/** Of whole numbers to so many bits a double is exact. */
const DOUBLE_BITS = 52

/**
 * The square root, or one more: by a step of Newton's method from the root of the upper half of its bits, so that most
 * of it is reckoned with short numbers.
 */
function nearRoot(number: bigint, bits: number): bigint {
  if (bits <= DOUBLE_BITS) return BigInt(Math.floor(Math.sqrt(Number(number))))
  const cut = Math.floor((bits - 3) / 4)
  const upper = nearRoot(number >> BigInt(2 * cut + 2), bits - 2 * cut - 2)
  return (upper << BigInt(cut)) + (number >> BigInt(cut + 2)) / upper
}

function bitsOf(number: bigint): number {
  const text = number.toString(16)
  return text.length * 4 - Math.clz32(Number.parseInt(text.slice(0, 1), 16)) + 28
}
