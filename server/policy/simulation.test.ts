import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grantedBy, isDeniedSomewhere, type ReferenceRule, winningRules } from './acl/testing-reference.ts'
import { parsePolicy } from './parse.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

/** What a log's requests would become under other policies, and what can't be told of it. */

const setOf = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([name, text]) => [name, parsePolicy(name, text)]))
const block = (path: string, ...capabilities: string[]) =>
  `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }`

interface Logged {
  readonly operation?: string
  readonly path?: string
  readonly policies?: readonly string[]
  readonly allowed?: boolean
  readonly namespace?: string
  readonly more?: object
}
function line({
  operation = 'read',
  path = 'a',
  policies = ['p'],
  allowed = true,
  namespace,
  more = {},
}: Logged): string {
  return JSON.stringify({
    time: '2026-01-02T03:04:05.678Z',
    type: 'request',
    auth: { policies, policy_results: { allowed } },
    request: { operation, path, namespace: { id: 'x', ...(namespace !== undefined && { path: namespace }) }, ...more },
    seq: 1,
    chain: 'x',
  })
}
function run(lines: readonly string[], more: Partial<SimulationOptions> = {}) {
  const present = more.present ?? setOf({ p: block('a', 'read') })
  const simulation = new Simulation({
    present,
    proposed: more.proposed ?? present,
    namespacePath: '',
    denyAlwaysWins: { present: false, proposed: false },
    ...more,
  })
  for (const one of lines) simulation.add(one)
  return simulation.report(10)
}

test('each kind of change is counted, with examples of it', () => {
  const lines = [line({}), line({}), line({ path: 'b', allowed: false }), line({ operation: 'list', path: 'c/' })]
  const present = setOf({ p: `${block('a', 'read')}\n${block('c/*', 'list')}` })
  const proposed = setOf({ p: `${block('b', 'read')}\n${block('c/*', 'list')}` })
  const { allowedToDenied, deniedToAllowed, unchanged, examples, logDiffers } = run(lines, { present, proposed })
  expect({ allowedToDenied, deniedToAllowed, unchanged, logDiffers }).toEqual({
    allowedToDenied: 2,
    deniedToAllowed: 1,
    unchanged: 1,
    logDiffers: 0,
  })
  const at = '2026-01-02T03:04:05.678Z'
  expect(examples).toEqual([
    { turn: 'allowed_to_denied', operation: 'read', path: 'a', policies: ['p'], count: 2, first: at, last: at },
    { turn: 'denied_to_allowed', operation: 'read', path: 'b', policies: ['p'], count: 1, first: at, last: at },
  ])
})

test('what is no request that policies decided here is passed over, and counted', () => {
  const { skipped, requests, lines } = run([
    'no json',
    '[1',
    'null',
    JSON.stringify({ type: 'checkpoint' }),
    JSON.stringify({ type: 'response', auth: { policies: ['p'], policy_results: { allowed: true } } }),
    JSON.stringify({ type: 'request' }),
    line({ policies: ['root'] }),
    line({ operation: 'help' }),
    line({ namespace: 'team/' }),
    `<13>1 host: ${line({})}`,
  ])
  expect({ lines, requests, ...skipped }).toEqual({
    lines: 10,
    requests: 1,
    others: 2,
    unreadable: 3,
    otherNamespaces: 1,
    notByPolicy: 3,
  })
})

test('what the log and the policies that are known do not say is told as unknown', () => {
  const parameters = 'path "a" { capabilities = ["read", "update", "delete"]\n required_parameters = ["x"] }'
  const own = `${block('own/{{identity.entity.name}}', 'read')}\n${block('a', 'read')}`
  const pages = 'path "l/*" { capabilities = ["list"]\n pagination_limit = 10 }'
  const wrapped = 'path "w" { capabilities = ["read"]\n min_wrapping_ttl = "1m" }'
  const present = setOf({ p: parameters, own, pages, wrapped })
  const { unknown, missingPolicies, unchanged, logDiffers } = run(
    [
      line({ policies: ['gone', 'p', 'other'] }),
      line({ operation: 'update' }),
      line({ operation: 'delete' }),
      line({ operation: 'list', allowed: false }),
      line({ policies: ['own'], path: 'own/ada' }),
      line({ policies: ['own'] }),
      line({ policies: ['pages'], operation: 'list', path: 'l/' }),
      line({ policies: ['wrapped'], path: 'w', allowed: false }),
      line({ policies: ['wrapped'], path: 'w', more: { wrap_ttl: 60 } }),
      line({ policies: ['own'], path: 'b' }),
    ],
    { present },
  )
  expect({ unknown, missingPolicies, unchanged, logDiffers }).toEqual({
    unknown: { policy_missing: 1, templates: 1, parameters: 2 },
    missingPolicies: ['gone', 'other'],
    unchanged: 6,
    logDiffers: 1,
  })
})

test('where the present policies are not known, the log says what became of it', () => {
  const present = new Map()
  const proposed = setOf({ p: block('a', 'read') })
  const report = run([line({ allowed: false }), line({}), line({ path: 'b' })], { present, proposed })
  expect(report).toMatchObject({ deniedToAllowed: 1, unchanged: 1, allowedToDenied: 1, logDiffers: 0 })
})

test('sudo that goes is told, and denials that begin to win', () => {
  const text = `${block('a', 'read', 'sudo')}\n${block('*', 'deny')}`
  const without = `${block('a', 'read')}\n${block('*', 'deny')}`
  expect(run([line({})], { present: setOf({ p: text }), proposed: setOf({ p: without }) })).toMatchObject({
    unchanged: 1,
    losesSudo: 1,
  })
  const denyAlwaysWins = { present: false, proposed: true }
  expect(run([line({})], { present: setOf({ p: text }), denyAlwaysWins })).toMatchObject({ allowedToDenied: 1 })
})

test('policies of a namespace are asked by its paths', () => {
  const policy = parsePolicy('p', block('a', 'read'), { namespacePath: 'team/' })
  const none = parsePolicy('p', block('b', 'read'), { namespacePath: 'team/' })
  const report = run([line({ namespace: 'team/' }), line({})], {
    namespacePath: 'team/',
    present: new Map([['p', policy]]),
    proposed: new Map([['p', none]]),
  })
  expect(report).toMatchObject({ requests: 1, allowedToDenied: 1, skipped: { otherNamespaces: 1 } })
})

test('its memory is bounded: kinds of changes beyond the bound are only counted', () => {
  const present = setOf({ p: block('*', 'read') })
  const proposed = setOf({ p: block('x', 'read') })
  const lines = Array.from({ length: 10_050 }, (_, n) => line({ path: `a/${n}` }))
  const report = run(lines, { present, proposed })
  expect([report.allowedToDenied, report.examples.length, report.beyondExamples]).toEqual([10_050, 10, 10_040])
})

const segment = fc.constantFrom('a', 'b', '+')
const paths = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const operations = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan'] as const
const rules = fc.array(
  fc.record({
    path: fc.tuple(paths, fc.boolean()).map(([path, open]) => (open ? `${path}/*` : path)),
    capabilities: fc.uniqueArray(fc.constantFrom(...operations, 'deny'), { minLength: 1, maxLength: 3 }),
    expiresAtMs: fc.constant(undefined),
  }),
  { maxLength: 5 },
)
const sets = fc.tuple(rules, rules)
const requests = fc.array(
  fc.record({
    operation: fc.constantFrom(...operations),
    path: paths.map((path) => path.replaceAll('+', 'c')),
    policies: fc.constantFrom(['p0'], ['p1'], ['p0', 'p1']),
  }),
  { minLength: 1, maxLength: 20 },
)

test('counts are those of the obvious evaluator, before and after', () => {
  const textOf = (all: readonly ReferenceRule[]) => all.map((one) => block(one.path, ...one.capabilities)).join('\n')
  fc.assert(
    fc.property(sets, sets, fc.boolean(), requests, (before, after, wins, asked) => {
      const allows = (all: readonly (readonly ReferenceRule[])[], wins: boolean, request: (typeof asked)[number]) => {
        const held = request.policies.flatMap((name) => all[Number(name.slice(1))] ?? [])
        const listing = request.operation === 'list' || request.operation === 'scan'
        if (wins && isDeniedSomewhere(held, request.path, listing, 0)) return false
        return grantedBy(winningRules(held, request.path, listing, 0)).has(request.operation)
      }
      const expected = { allowedToDenied: 0, deniedToAllowed: 0, unchanged: 0 }
      for (const request of asked) {
        const [now, then] = [allows(before, false, request), allows(after, wins, request)]
        expected[now === then ? 'unchanged' : now ? 'allowedToDenied' : 'deniedToAllowed']++
      }
      const report = run(
        asked.map((request) => line({ ...request, allowed: allows(before, false, request) })),
        {
          present: setOf({ p0: textOf(before[0]), p1: textOf(before[1]) }),
          proposed: setOf({ p0: textOf(after[0]), p1: textOf(after[1]) }),
          denyAlwaysWins: { present: false, proposed: wins },
        },
      )
      expect(report).toMatchObject({ ...expected, logDiffers: 0 })
    }),
    { numRuns: 500 },
  )
})
