import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../engines/engine.ts'
import { compileAcl } from './acl.ts'
import { parsePolicy } from './parse.ts'

/**
 * The compiled matcher against the obvious one: every rule tried against the path, the winner found by comparing all
 * matches by the words of Vault's documentation.
 */

interface Rule {
  readonly path: string
  readonly capabilities: readonly string[]
  readonly expiresAtMs: number | undefined
}

function matches(pattern: string, path: string): boolean {
  const open = pattern.endsWith('*')
  const wanted = (open ? pattern.slice(0, -1) : pattern).split('/')
  const parts = path.split('/')
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false
  const wild = hasSegmentWildcard(pattern)
  return wanted.every((segment, i) => {
    if (wild && segment === '+') return true
    return open && i === wanted.length - 1 ? parts[i]?.startsWith(segment) : parts[i] === segment
  })
}

function hasSegmentWildcard(pattern: string): boolean {
  return pattern === '+' || pattern.startsWith('+/') || pattern.includes('/+')
}

/** Whether `a` has lower priority than `b`: the five rules of https://openbao.org/docs/concepts/policies/#policy-syntax */
function isWeaker(a: string, b: string): boolean {
  const wildcardAt = (pattern: string) => (hasSegmentWildcard(pattern) ? pattern.indexOf('+') : pattern.length - 1)
  if (wildcardAt(a) !== wildcardAt(b)) return wildcardAt(a) < wildcardAt(b)
  if (a.endsWith('*') !== b.endsWith('*')) return a.endsWith('*')
  const count = (pattern: string) =>
    hasSegmentWildcard(pattern)
      ? pattern
          .replace(/\*$/, '')
          .split('/')
          .filter((s) => s === '+').length
      : 0
  if (count(a) !== count(b)) return count(a) > count(b)
  const bare = (pattern: string) => pattern.replace(/\*$/, '')
  if (bare(a).length !== bare(b).length) return bare(a).length < bare(b).length
  return bare(a) < bare(b)
}

const isWild = (pattern: string) => pattern.endsWith('*') || hasSegmentWildcard(pattern)

function winner(paths: readonly string[], path: string): string | undefined {
  let best: string | undefined
  for (const candidate of paths)
    if (isWild(candidate) && matches(candidate, path) && (best === undefined || isWeaker(best, candidate)))
      best = candidate
  return best
}

function referenceCapabilities(rules: readonly Rule[], path: string, listing: boolean, nowMs: number): Set<string> {
  const live = rules.filter(({ expiresAtMs }) => expiresAtMs === undefined || nowMs <= expiresAtMs)
  const paths = live.map((rule) => rule.path)
  const exact = (wanted: string) => paths.find((candidate) => !isWild(candidate) && candidate === wanted)
  const bare = listing && path.endsWith('/') ? path.slice(0, -1) : undefined
  const won =
    exact(path) ??
    (bare === undefined ? undefined : exact(bare)) ??
    winner(paths, path) ??
    (bare === undefined ? undefined : winner(paths, bare))
  const granted = new Set(live.filter((rule) => rule.path === won).flatMap((rule) => rule.capabilities))
  return granted.has('deny') ? new Set() : granted
}

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

function textOf(rules: readonly Rule[]): string {
  return rules
    .map(({ path, capabilities, expiresAtMs }) => {
      const expiration = expiresAtMs === undefined ? '' : `expiration = "${new Date(expiresAtMs).toISOString()}"`
      return `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)}\n ${expiration} }`
    })
    .join('\n')
}

test('the matcher decides as the obvious evaluator does, at every moment', () => {
  fc.assert(
    fc.property(policies, fc.array(pathOf, { minLength: 1, maxLength: 12 }), (sets, paths) => {
      const parsed = sets.map((rules, i) => parsePolicy(`p${i}`, textOf(rules)))
      const acl = compileAcl(parsed, { nowMs: 0 })
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
    fc.property(policies, fc.constantFrom('a/', 'b/', 'ab/', 'a/b/'), pathOf, (sets, mount, below) => {
      const acl = compileAcl(
        sets.map((rules, i) => parsePolicy(`p${i}`, textOf(rules))),
        { nowMs: 0 },
      )
      if (acl.capabilities(mount + below, 0)[0] !== 'deny') expect(acl.reachesBelow(mount, 0)).toBe(true)
    }),
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
