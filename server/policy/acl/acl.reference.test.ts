import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../../engines/engine.ts'
import { parsePolicy } from '../parse.ts'
import { compileAcl } from './acl.ts'
import { grantedBy, isDeniedSomewhere, type ReferenceRule, winningRules } from './testing-reference.ts'

const segment = fc.constantFrom('a', 'b', 'ab', 'abc', '+', '', 'é', '+a', 'a+', '{', '%2f', '😀', '\uffff', ' ')
const pathOf = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const pattern = fc
  .tuple(pathOf, fc.boolean())
  .map(([path, open]) => (open ? `${path}*` : path))
  .filter((path) => !path.includes('+*') && !path.startsWith('/'))
const operations = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan'] as const
const capabilities = fc.uniqueArray(fc.constantFrom(...operations, 'sudo', 'deny'), { maxLength: 4 })
const rule = fc.record({
  path: pattern,
  capabilities,
  expiresAtMs: fc.constantFrom(undefined, undefined, 1_000, 2_000),
})
const policies = fc.array(fc.array(rule, { maxLength: 8 }), { maxLength: 4 })

function textOf(rules: readonly ReferenceRule[]): string {
  return rules
    .map(({ path, capabilities, expiresAtMs }) => {
      const expiration = expiresAtMs === undefined ? '' : `expiration = "${new Date(expiresAtMs).toISOString()}"`
      return `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)}\n ${expiration} }`
    })
    .join('\n')
}

/** The compiled matcher against the obvious one, also where every denial wins. */
test('the matcher decides as the obvious evaluator does, at every moment', () => {
  fc.assert(
    fc.property(policies, fc.array(pathOf, { minLength: 1, maxLength: 12 }), fc.boolean(), (sets, paths, denyWins) => {
      const parsed = sets.map((rules, i) => parsePolicy(`p${i}`, textOf(rules)))
      const acl = compileAcl(parsed, { nowMs: 0, denyAlwaysWins: denyWins })
      const referenceCapabilities = (rules: readonly ReferenceRule[], path: string, listing: boolean, nowMs: number) =>
        denyWins && isDeniedSomewhere(rules, path, listing, nowMs)
          ? new Set<string>()
          : grantedBy(winningRules(rules, path, listing, nowMs))
      // Times go forward: rules that have gone stay gone.
      for (const nowMs of [0, 1_000, 1_001, 2_000, 2_001]) {
        for (const path of paths.map((candidate) => candidate.replace(/^\/+/, ''))) {
          for (const operation of operations) {
            const listing = operation === 'list' || operation === 'scan'
            const expected = referenceCapabilities(sets.flat(), path, listing, nowMs)
            const decision = acl.decide({ operation: operation satisfies Operation, path, data: {}, nowMs })
            expect([path, operation, nowMs, decision.allowed]).toEqual([
              path,
              operation,
              nowMs,
              expected.has(operation),
            ])
            if (decision.allowed) expect(decision.sudo).toBe(expected.has('sudo'))
          }
          const listed = referenceCapabilities(sets.flat(), path, true, nowMs)
          expect(acl.capabilities(path, nowMs)).toEqual(listed.size === 0 ? ['deny'] : [...listed].sort())
        }
      }
    }),
    { numRuns: 400 },
  )
})

test('a mount below which something is granted is found', () => {
  fc.assert(
    fc.property(
      policies,
      fc.constantFrom('a/', 'b/', 'ab/', 'a/b/'),
      pathOf,
      fc.boolean(),
      (sets, mount, below, wins) => {
        const acl = compileAcl(
          sets.map((rules, i) => parsePolicy(`p${i}`, textOf(rules))),
          { nowMs: 0, denyAlwaysWins: wins },
        )
        if (acl.capabilities(mount + below, 0)[0] !== 'deny') expect(acl.reachesBelow(mount, 0)).toBe(true)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a mount below which all is denied stays hidden', () => {
  const acl = compileAcl(
    [
      parsePolicy('wide', 'path "*" { capabilities = ["read"] }\npath "other/a" { capabilities = ["deny"] }'),
      parsePolicy('narrow', 'path "secret/*" { capabilities = ["deny"] }\npath "secret/+/x" { capabilities = [] }'),
    ],
    { nowMs: 0 },
  )
  const mounts = ['secret/', 'secret/deep/', 'secrets/', 'other/']
  expect(mounts.filter((mount) => acl.reachesBelow(mount, 0))).toEqual(['secrets/', 'other/'])
})

test('where every denial wins, one that fits all below a mount hides it, and user interfaces are told', () => {
  const texts = ['path "secret/*" { capabilities = ["deny"] }', 'path "secret/data/a" { capabilities = ["read"] }']
  const parsed = texts.map((text, i) => parsePolicy(`p${i}`, text))
  const closest = compileAcl(parsed, { nowMs: 0 })
  const strict = compileAcl(parsed, { nowMs: 0, denyAlwaysWins: true })
  expect([closest.reachesBelow('secret/', 0), strict.reachesBelow('secret/', 0)]).toEqual([true, false])
  expect(closest.resultant(0)).toMatchObject({ exact_paths: { 'secret/data/a': { capabilities: ['read'] } } })
  expect(strict.resultant(0)).toMatchObject({
    exact_paths: { 'secret/data/a': { capabilities: ['deny'] } },
    glob_paths: { 'secret/': { capabilities: ['deny'] } },
  })
})
