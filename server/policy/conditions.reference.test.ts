import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBool, parseDuration, parseInteger, parseNumber } from '../../engines/coerce.ts'
import { compileAcl } from './acl/acl.ts'
import {
  allowsParameters,
  allowsWrapping,
  type ReferenceConditions,
  type Scalar,
  shortest,
} from './acl/testing-reference.ts'
import type { AclQuery } from './decision.ts'
import { parsePolicy } from './parse.ts'

/**
 * Parameters, wrapping lifetimes and page sizes of several policies for one path: the compiled rules against the words of
 * https://openbao.org/docs/concepts/policies/ followed one by one.
 */

interface Rule extends ReferenceConditions {
  readonly page: number
}

const name = fc.constantFrom('a', 'B', 'c', '*')
const scalar: fc.Arbitrary<Scalar> = fc.constantFrom(
  'x',
  'xy',
  'x*',
  '*y',
  '*x*',
  '*',
  '',
  'true',
  '1',
  1,
  0,
  true,
  false,
)
const rules = fc.option(
  fc.dictionary(name, fc.array(scalar, { maxLength: 2 }), { maxKeys: 3 }).map((rules) => ({ ...rules })),
  { nil: undefined },
)
/** Most often nothing: so that each condition is met or failed by itself about as often as together with others. */
const seldom = <T>(value: fc.Arbitrary<T>, nothing: T) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(nothing) }, { weight: 1, arbitrary: value })
const rule: fc.Arbitrary<Rule> = fc.record({
  allowed: rules,
  denied: seldom<Rule['denied']>(rules, undefined),
  required: seldom<readonly string[]>(fc.uniqueArray(fc.constantFrom('a', 'b', 'limit'), { maxLength: 2 }), []),
  least: seldom(fc.constantFrom(10, 20), 0),
  most: seldom(fc.constantFrom(20, 30), 0),
  page: fc.constantFrom(0, 0, 5, 9),
})
const policies = fc.array(rule, { minLength: 1, maxLength: 3 })
const data = fc.dictionary(fc.constantFrom('a', 'A', 'b', 'B', 'c', 'd'), scalar, { maxKeys: 3 })

function textOf(rule: Rule): string {
  return JSON.stringify({
    path: {
      p: {
        capabilities: ['create', 'read', 'update', 'delete', 'list'],
        ...(rule.allowed && { allowed_parameters: rule.allowed }),
        ...(rule.denied && { denied_parameters: rule.denied }),
        required_parameters: rule.required,
        min_wrapping_ttl: rule.least,
        max_wrapping_ttl: rule.most,
        pagination_limit: rule.page,
      },
    },
  })
}
const aclOf = (sets: readonly Rule[]) =>
  compileAcl(
    sets.map((rule, i) => parsePolicy(`p${i}`, textOf(rule))),
    { nowMs: 0 },
  )

const consistent = (rule: Rule) => rule.most === 0 || rule.most >= rule.least
const query = (more: Partial<AclQuery>): AclQuery => ({ operation: 'update', path: 'p', data: {}, nowMs: 0, ...more })

test('writes are allowed by parameters and wrapping as the documentation says', () => {
  fc.assert(
    fc.property(
      policies.filter((sets) => sets.every(consistent)),
      data,
      fc.constantFrom(undefined, undefined, 5, 10, 20, 30, 31),
      fc.constantFrom('create', 'read', 'update', 'delete'),
      (sets, sent, wrapTtlSeconds, operation) => {
        const decision = aclOf(sets).decide(query({ operation, data: sent, wrapTtlSeconds }))
        const wrapped = allowsWrapping(sets, wrapTtlSeconds)
        // What is deleted has no parameters that could be bounded.
        const expected = wrapped && (operation === 'delete' || allowsParameters(sets, sent))
        expect(decision.allowed).toBe(expected)
        if (!wrapped) expect(decision.reason).toBe('wrapping_ttl')
      },
    ),
    { numRuns: 3_000 },
  )
})

test('listings ask for no more than the smallest page there is', () => {
  fc.assert(
    fc.property(
      policies.map((sets) => sets.map((rule) => ({ ...rule, least: 0, most: 0 }))),
      fc.constantFrom(undefined, 0, 1, 5, 6, 9, 10, -1, '5', '9', 'max', 'many', 1.5),
      (sets, limit) => {
        const bound = shortest(sets.map((rule) => rule.page))
        const decision = aclOf(sets).decide(query({ operation: 'list', data: limit === undefined ? {} : { limit } }))
        if (bound === 0) {
          expect([decision.allowed, decision.listLimit]).toEqual([true, limit === 'max' ? 0 : undefined])
          return
        }
        const required = sets.some((rule) => rule.required.includes('limit'))
        const asked = limit === 'max' ? bound : limit === undefined ? (required ? Number.NaN : bound) : Number(limit)
        const fits = Number.isInteger(asked) && asked >= 0 && asked <= bound
        expect(decision.allowed).toBe(fits)
        if (fits) expect(decision.listLimit ?? asked).toBe(asked === 0 ? bound : asked)
      },
    ),
    { numRuns: 1_000 },
  )
})

describe('denials', () => {
  test('win over whatever any other policy gives, in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['give', 'more', 'deny'], { minLength: 3 }), (order) => {
        const texts: Record<string, string> = {
          give: 'path "p" { capabilities = ["read", "sudo"] }',
          more: 'path "p" { capabilities = ["read", "list"] }',
          deny: 'path "p" { capabilities = ["deny", "read"] }',
        }
        const acl = compileAcl(
          order.map((name) => parsePolicy(name, texts[name] as string)),
          { nowMs: 0 },
        )
        expect(acl.capabilities('p', 0)).toEqual(['deny'])
        expect(acl.decide(query({ operation: 'read' }))).toMatchObject({
          allowed: false,
          reason: 'denied',
          sudo: false,
        })
      }),
    )
  })

  test('end when their block ends, and what was hidden shows', () => {
    const acl = compileAcl(
      [
        parsePolicy('give', 'path "p" { capabilities = ["read"] }'),
        parsePolicy('deny', 'path "p" { capabilities = ["deny"]\n expiration = "1970-01-01T00:00:01Z" }'),
      ],
      { nowMs: 0 },
    )
    expect(acl.decide(query({ operation: 'read', nowMs: 1_000 })).allowed).toBe(false)
    expect(acl.decide(query({ operation: 'read', nowMs: 1_001 })).allowed).toBe(true)
  })
})

describe('numbers that JSON wrote exactly', () => {
  test('are compared by value, allowed or denied', () => {
    const exact = JSON.rawJSON('1.0')
    const acl = (key: string) =>
      compileAcl([parsePolicy('p', `path "p" { capabilities = ["update"]\n ${key} = { n = [1] } }`)], { nowMs: 0 })
    expect(acl('allowed_parameters').decide(query({ data: { n: exact } })).allowed).toBe(true)
    expect(acl('denied_parameters').decide(query({ data: { n: exact } })).allowed).toBe(false)
    expect(
      acl('allowed_parameters').decide(query({ data: { n: JSON.rawJSON('1.00000000000000000001') } })).allowed,
    ).toBe(true)
    expect(acl('allowed_parameters').decide(query({ data: { n: '1' } })).allowed).toBe(false)
  })
})

test('a denied number or boolean is denied in every spelling that a field would take for it', () => {
  const spellings = [
    ...[
      true,
      false,
      '',
      ' ',
      '0',
      '1',
      '-0',
      '+1',
      '01',
      ' 1 ',
      '1.0',
      '1e0',
      '1.',
      't',
      'F',
      'TRUE',
      'False',
      1,
      0,
      1.5,
      0.9,
    ],
    ...[
      '1s',
      '1000ms',
      '0h',
      '0.9s',
      '1h',
      '60m',
      '3600',
      '3600.0',
      '3600.5s',
      '1d',
      3600,
      3600.9,
      JSON.rawJSON('1.0'),
    ],
  ]
  const parsers = [parseInteger, parseNumber, parseBool, parseDuration]
  const taken = (parse: (raw: unknown) => unknown, raw: unknown): unknown => {
    try {
      return parse(raw)
    } catch {
      return undefined
    }
  }
  const passed = [0, 1, 3600, true, false].flatMap((denied) => {
    const text = `path "p" { capabilities = ["update"]\n denied_parameters = { n = [${denied}] } }`
    const acl = compileAcl([parsePolicy('p', text)], { nowMs: 0 })
    const means = (raw: unknown) => parsers.some((parse) => taken(parse, raw) === denied)
    return spellings
      .filter((raw) => means(raw) && acl.decide(query({ data: { n: raw } })).allowed)
      .map((raw) => [denied, raw])
  })
  expect(passed).toEqual([])
})

describe('list filters', () => {
  const listing = `path "secret/metadata/*" {
    capabilities = ["list"]
    list_scan_response_keys_filter_path = "{{ .path | replace \\"metadata/\\" \\"data/\\" }}{{ .key }}"
  }
  path "secret/data/team/*" { capabilities = ["read"] }
  path "secret/data/folder" { capabilities = ["list"] }
  path "secret/data/guarded" { capabilities = ["read"] }
  path "secret/data/trusted" { capabilities = ["read", "sudo"] }`

  test('show the keys whose own path may be read, and folders that may be listed', () => {
    const acl = compileAcl([parsePolicy('p', listing)], { nowMs: 0 })
    const path = 'secret/metadata/'
    const { listFilter, allowed } = acl.decide(query({ operation: 'list', path }))
    expect(allowed).toBe(true)
    if (listFilter === undefined) throw new Error('the listing is not filtered')
    const shown = (key: string, at = path) =>
      acl.showsKey({ filter: listFilter, namespacePath: '', path: at, key, nowMs: 0 }, (checked) =>
        /guarded|trusted/.test(checked),
      )
    const keys = ['team/', 'folder/', 'guarded', 'trusted', 'other', 'folder']
    expect(keys.filter((key) => shown(key))).toEqual(['folder/', 'trusted'])
    expect(shown('a', 'secret/metadata/team/')).toBe(true)
  })
})
