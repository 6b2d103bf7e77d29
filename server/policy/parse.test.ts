import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePolicy } from './parse.ts'
import { CAN, type PathRule, PolicyError } from './policy.ts'

/** Policies that were written by a program, as HCL, as HCL objects and as JSON, are all read as what was meant. */

type Value = string | number | boolean | readonly Value[]
interface Meant {
  readonly path: string
  readonly capabilities: readonly (keyof typeof CAN)[]
  readonly allowed: Readonly<Record<string, readonly Value[]>> | undefined
  readonly denied: Readonly<Record<string, readonly Value[]>> | undefined
  readonly required: readonly string[] | undefined
  readonly minSeconds: number
  readonly maxSeconds: number
  readonly limit: number
  readonly expiresAtMs: number | undefined
}

const text = fc.string({ unit: fc.constantFrom(...'ab/*-_. "\\\n\t{}$é😀%'), maxLength: 8 })
const path = text.filter((path) => !/\{\{|\}\}|\+\*/.test(path))
const scalar = fc.oneof(text, fc.boolean(), fc.integer({ min: -1e9, max: 1e9 }))
const value: fc.Arbitrary<Value> = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))
const parameterName = fc.constantFrom('*', 'a', 'b', 'ttl', 'with space', 'quo"te', '__proto__', 'constructor')
const parameters = fc.option(
  fc
    .uniqueArray(fc.tuple(parameterName, fc.array(value, { maxLength: 3 })), {
      maxLength: 3,
      selector: ([name]) => name,
    })
    .map((entries) => Object.fromEntries(entries)),
  { nil: undefined },
)
const meant: fc.Arbitrary<Meant> = fc
  .record({
    path,
    capabilities: fc.uniqueArray(fc.constantFrom(...(Object.keys(CAN) as (keyof typeof CAN)[])), { maxLength: 5 }),
    allowed: parameters,
    denied: parameters,
    required: fc.option(fc.array(parameterName, { maxLength: 3 }), { nil: undefined }),
    minSeconds: fc.nat({ max: 100_000 }),
    more: fc.nat({ max: 100_000 }),
    limit: fc.nat({ max: 1_000_000 }),
    expiresAtMs: fc.option(
      fc.nat({ max: 4_000_000 }).map((minutes) => minutes * 60_000),
      { nil: undefined },
    ),
  })
  .map(({ more, ...rest }) => ({ ...rest, maxSeconds: more === 0 ? 0 : rest.minSeconds + more }))

/** The attributes of a rule, by name. */
function attributesOf(rule: Meant): Record<string, unknown> {
  return {
    capabilities: rule.capabilities,
    ...(rule.allowed && { allowed_parameters: rule.allowed }),
    ...(rule.denied && { denied_parameters: rule.denied }),
    ...(rule.required && { required_parameters: rule.required }),
    ...(rule.minSeconds > 0 && { min_wrapping_ttl: `${rule.minSeconds}s` }),
    ...(rule.maxSeconds > 0 && { max_wrapping_ttl: rule.maxSeconds }),
    ...(rule.limit > 0 && { pagination_limit: rule.limit }),
    ...(rule.expiresAtMs !== undefined && { expiration: new Date(rule.expiresAtMs).toISOString() }),
  }
}

const hclString = (text: string) =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('${', '\\x24{')}"`

function hcl(value: unknown): string {
  if (typeof value === 'string') return hclString(value)
  if (Array.isArray(value)) return `[${value.map(hcl).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{\n${Object.entries(value)
    .map(([key, item]) => `${hclString(key)} = ${hcl(item)}`)
    .join('\n')}\n}`
}

const writers: Record<string, (rules: readonly Meant[]) => string> = {
  blocks: (rules) =>
    rules
      .map((rule) => {
        const lines = Object.entries(attributesOf(rule)).map(([key, item]) => `  ${key} = ${hcl(item)}`)
        return `# ${JSON.stringify(rule.path)}\npath ${hclString(rule.path)} {\n${lines.join('\n')}\n}`
      })
      .join('\n'),
  'assigned objects': (rules) =>
    rules.map((rule) => `path = { ${hclString(rule.path)} = ${hcl(attributesOf(rule))} }`).join('\n'),
  JSON: (rules) => JSON.stringify({ path: rules.map((rule) => ({ [rule.path]: attributesOf(rule) })) }),
}

function readBack(rule: PathRule): unknown {
  return {
    path: rule.source,
    bits: rule.capabilities,
    allowed: rule.allowedParameters && [...rule.allowedParameters],
    denied: rule.deniedParameters && [...rule.deniedParameters],
    required: rule.requiredParameters,
    min: rule.minWrappingTtlSeconds,
    max: rule.maxWrappingTtlSeconds,
    limit: rule.paginationLimit,
    expiresAtMs: rule.expiresAtMs,
  }
}

function expectedOf(rule: Meant): unknown {
  const bits = rule.capabilities.reduce((sum, name) => sum | CAN[name], 0)
  return {
    path: rule.path,
    bits: (bits & CAN.deny) !== 0 ? CAN.deny : bits,
    allowed: rule.allowed && Object.entries(rule.allowed),
    denied: rule.denied && Object.entries(rule.denied),
    required: rule.required ?? [],
    min: rule.minSeconds,
    max: rule.maxSeconds,
    limit: rule.limit,
    expiresAtMs: rule.expiresAtMs,
  }
}

for (const [how, write] of Object.entries(writers)) {
  test(`what is written as ${how} is read as it was meant`, () => {
    fc.assert(
      fc.property(fc.array(meant, { maxLength: 5 }), (rules) => {
        const parsed = parsePolicy('p', write(rules))
        expect(parsed.rules.map(readBack)).toEqual(rules.map(expectedOf))
      }),
      { numRuns: 200 },
    )
  })
}

test('whatever is cut out of a policy or put into it, it parses or is refused', () => {
  const pieces = [
    '"',
    '{',
    '}',
    '[',
    ']',
    '=',
    '\\',
    '${',
    '{{',
    '/*',
    '#',
    '<<E\n',
    '\0',
    '\ud800',
    '9',
    '-',
    'path',
    '\n',
  ]
  fc.assert(
    fc.property(
      fc.array(meant, { minLength: 1, maxLength: 2 }),
      fc.nat(),
      fc.nat({ max: 6 }),
      fc.constantFrom(...pieces),
      (rules, at, cut, piece) => {
        for (const write of Object.values(writers)) {
          const whole = write(rules)
          const where = at % whole.length
          try {
            parsePolicy('p', whole.slice(0, where) + piece + whole.slice(where + cut))
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyError)
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

describe('faults are told with their line', () => {
  const faults: [text: string, message: string][] = [
    ['path "a" {\n  capabilities = ["read", "fly"]\n}', 'line 2: invalid capability "fly"'],
    ['\n\nnamespace "a" {}', 'line 3: invalid key "namespace": a policy is made of path blocks'],
    ['path "a/+*" {}', `line 1: path "a/+*": '+*' is not a wildcard: use '+/*' or '*'`],
    ['path "a" {\n  capability = ["read"]\n}', 'line 2: path "a": invalid key "capability"'],
    ['path "a" {\n\n\n  min_wrapping_ttl = "soon"\n}', 'line 4: expected a duration such as 30, "30s" or "1h30m"'],
    [
      'path "a" {\n  min_wrapping_ttl = 9\n  max_wrapping_ttl = 8\n}',
      'line 1: path "a": max_wrapping_ttl is less than min_wrapping_ttl',
    ],
    ['path "a" { expiration = "tomorrow" }', 'line 1: expected an RFC 3339 time or seconds since the epoch'],
    ['path "{{identity.entity.id" {}', 'line 1: unbalanced templating braces'],
  ]
  for (const [text, message] of faults) {
    test(message, () => expect(() => parsePolicy('p', text)).toThrow(expect.objectContaining({ message })))
  }
})

test('the words that came before capabilities still mean what they did', () => {
  const names = (text: string) => parsePolicy('p', text).rules[0]?.capabilities
  expect(names('path "a" { policy = "read" }')).toBe(CAN.read | CAN.list)
  expect(names('path "a" { policy = "write" }')).toBe(CAN.read | CAN.list | CAN.create | CAN.update | CAN.delete)
  expect(names('path "a" { policy = "sudo" }')).toBe(
    CAN.read | CAN.list | CAN.create | CAN.update | CAN.delete | CAN.sudo,
  )
  expect(names('path "a" { policy = "deny"\n capabilities = ["read"] }')).toBe(CAN.deny)
})

test('what a denial says of wrapping need not fit together, as in OpenBao', () => {
  const [rule] = parsePolicy(
    'p',
    'path "a" {\n capabilities = ["deny"]\n min_wrapping_ttl = 9\n max_wrapping_ttl = 8\n}',
  ).rules
  expect(rule?.capabilities).toBe(CAN.deny)
})

test.each([
  ['{ "P" = [], "p" = ["x"] }', ['x'], []],
  ['{ "p" = ["x"], "P" = [] }', ['x'], []],
  ['{ "P" = ["y"], "p" = ["x"] }', ['x'], ['x', 'y']],
  ['{ "p" = ["x"] }', ['x'], ['x']],
])('of two spellings of one name in a block the narrower counts: %s', (rules, allowed, denied) => {
  const text = `path "a" { allowed_parameters = ${rules}\n denied_parameters = ${rules} }`
  const [rule] = parsePolicy('p', text).rules
  expect([...(rule?.allowedParameters ?? [])]).toEqual([['p', allowed]])
  expect([...(rule?.deniedParameters ?? [])]).toEqual([['p', denied]])
})
