import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Random } from '../../../engines/engine.ts'
import { TestRandom } from '../../../test/harness/rows.ts'
import { generatePassword, meets } from './generator.ts'
import { parsePasswordPolicy } from './password-policy.ts'

const CHARACTERS = [...'abcXYZ019-_!"\\$ {}é漢😀']
const rule = fc.record({
  charset: fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 12 }),
  minChars: fc.nat({ max: 12 }),
})
const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('${', '\\x24{')}"`
const textOf = (length: number, rules: readonly { charset: readonly string[]; minChars: number }[]) =>
  [
    `length = ${length}`,
    ...rules.map(
      ({ charset, minChars }) =>
        `rule "charset" {\n charset = ${quoted(charset.join(''))}\n min-chars = ${minChars}\n}`,
    ),
  ].join('\n')

test('every password has its length, meets every rule, and holds nothing else', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), fc.nat({ max: 20 }), fc.nat(), (rules, more, seed) => {
      const least = rules.reduce((sum, { minChars }) => sum + minChars, 0)
      const length = Math.max(1, least + more)
      const policy = parsePasswordPolicy(textOf(length, rules))
      const password = [...generatePassword(policy, new TestRandom(seed))]
      expect(password).toHaveLength(length)
      const all = new Set(rules.flatMap(({ charset }) => charset))
      for (const character of password) expect(all).toContain(character)
      for (const wanted of rules) expect(meets(wanted, password)).toBe(true)
      for (const { charset, minChars } of rules)
        expect(password.filter((character) => charset.includes(character)).length).toBeGreaterThanOrEqual(minChars)
    }),
    { numRuns: 300 },
  )
})

/** Whether counts are what equally likely outcomes give: each within 6 standard deviations. */
function expectEven(counts: Iterable<number>, outcomes: number, total: number): void {
  const mean = total / outcomes
  const bound = 6 * Math.sqrt(mean * (1 - 1 / outcomes))
  const seen = [...counts]
  expect(seen).toHaveLength(outcomes)
  for (const count of seen) expect(Math.abs(count - mean)).toBeLessThan(bound)
}

function countBy(random: Random, policyText: string, rounds: number, keyOf: (password: string) => readonly string[]) {
  const policy = parsePasswordPolicy(policyText)
  const counts = new Map<string, number>()
  for (let i = 0; i < rounds; i++)
    for (const key of keyOf(generatePassword(policy, random))) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** The key stream of AES in counter mode: even bytes, the same in every run, so that it is the generator that is measured. */
const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16))
const strong: Random = { bytes: (count) => stream.update(Buffer.alloc(count)), uuid: () => '' }

test('characters are equally likely, also where 256 is no multiple of how many there are', () => {
  const charset = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_!?'
  const counts = countBy(strong, `length = 100\nrule "charset" { charset = "${charset}" }`, 500, (password) => [
    ...password,
  ])
  expectEven(counts.values(), charset.length, 50_000)
})

test('of all passwords that meet the rules, each is equally likely', () => {
  // 2 characters of {a,b,c}, at least one of them an a: aa ab ac ba ca.
  const text = 'length = 2\nrule "charset" { charset = "a" min-chars = 1 }\nrule "charset" { charset = "bc" }'
  expectEven(countBy(strong, text, 5_000, (password) => [password]).values(), 5, 5_000)
})

test('where chance would take for ever, what a rule asks for stands anywhere', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const text = `length = 40\nrule "charset" { charset = "0" min-chars = 39 }\nrule "charset" { charset = "${letters}" min-chars = 1 }`
  const places = countBy(strong, text, 4_000, (password) => [String(password.search(/[a-z]/))])
  expectEven(places.values(), 40, 4_000)
})
