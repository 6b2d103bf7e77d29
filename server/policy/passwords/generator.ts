import type { Random } from '../../../engines/engine.ts'
import type { CharsetRule, PasswordPolicy } from './password-policy.ts'

/** Whole passwords that are tried before one is put together by its rules. */
const TRIES_MAX = 200

/**
 * A password that meets every rule. Passwords are drawn until one does, so that each that may come is as likely as any
 * other. Rules that chance hardly meets would take for ever: then each rule first gets the characters it asks for, the
 * rest is drawn from all, and the whole is shuffled.
 */
export function generatePassword(policy: PasswordPolicy, random: Random): string {
  const dice = new Dice(random)
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const drawn = draw(policy.charset, policy.length, dice)
    if (policy.rules.every((rule) => meets(rule, drawn))) return drawn.join('')
  }
  const built = policy.rules.flatMap(({ charset, minChars }) => draw(charset, minChars, dice))
  built.push(...draw(policy.charset, policy.length - built.length, dice))
  return shuffled(built, dice).join('')
}

export function meets({ charset, minChars }: CharsetRule, password: readonly string[]): boolean {
  let found = 0
  for (const character of password) if (charset.includes(character)) found += 1
  return found >= minChars
}

function draw(charset: readonly string[], count: number, dice: Dice): string[] {
  const drawn: string[] = []
  while (drawn.length < count) drawn.push(charset[dice.below(charset.length)] as string)
  return drawn
}

/** Fisher and Yates: every order is equally likely. */
function shuffled(items: string[], dice: Dice): string[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = dice.below(last + 1)
    const kept = items[last] as string
    items[last] = items[other] as string
    items[other] = kept
  }
  return items
}

/** Numbers out of random bytes, each equally likely. */
class Dice {
  readonly #random: Random
  #bytes: Buffer = Buffer.alloc(0)
  #used = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** 0 to `count` - 1, for a `count` of 1 to 256. */
  below(count: number): number {
    // Bytes past the last whole multiple would make the first numbers likelier.
    const end = 256 - (256 % count)
    for (;;) {
      const byte = this.#next()
      if (byte < end) return byte % count
    }
  }

  #next(): number {
    if (this.#used === this.#bytes.length) {
      this.#bytes = this.#random.bytes(128)
      this.#used = 0
    }
    const byte = this.#bytes[this.#used] as number
    this.#bytes[this.#used] = 0 // it is part of a password
    this.#used += 1
    return byte
  }
}
