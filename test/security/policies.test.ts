import http from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  allowsParameters,
  allowsWrapping,
  grantedBy,
  type ReferenceConditions,
  type ReferenceRule,
  type Scalar,
  winningRules,
} from '../../server/policy/acl/testing-reference.ts'
import { at } from '../harness/http.ts'
import { toldWithin } from '../harness/properties.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/**
 * Random policies, several to a token, and random requests over HTTP: each is allowed or refused as Vault's documentation
 * says, by an evaluator that tries every rule. EGIDE_SEED replays a run, EGIDE_ROUNDS makes it longer.
 */

const SEED = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
const ROUNDS = Number(process.env.EGIDE_ROUNDS ?? 60)

interface Rule extends ReferenceRule, ReferenceConditions {
  /** With a template that this caller, who has no entity, can't fill: such a rule gives and takes nothing. */
  readonly templated: boolean
}

const PAST = Date.UTC(2001, 0, 1)
const FUTURE = Date.UTC(2101, 0, 1)
const CAPABILITIES = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan', 'sudo']
const SECRETS = ['a', 'b', 'a/b', 'ab/a', 'a/+', 'é/a', 'a b/c', '%2f/a', '😀']

const seldom = <T>(value: fc.Arbitrary<T>, nothing: T) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(nothing) }, { weight: 1, arbitrary: value })
const segment = fc.constantFrom('a', 'b', 'ab', '+', 'é', 'a b', '%2f', '😀', '+a', 'c')
const below = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const secretPattern = fc
  .tuple(fc.constantFrom('kv/', 'kv/', 'kv/', '+/', ''), fc.oneof(below, fc.constantFrom(...SECRETS)))
  .chain(([mount, rest]) =>
    fc.constantFrom(`${mount}${rest}`, `${mount}${rest}`, `${mount}${rest}/`, `${mount}${rest}*`),
  )
const systemPattern = fc.constantFrom(
  'sys/audit',
  'sys/audi*',
  'sys/+',
  'sys/*',
  '+/audit',
  'sys/policies/+/default',
  'sys/policies/acl/*',
  'sys/config/auditing/request-headers',
  'sys/config/+/request-headers',
  'auth/token/accessors',
  'auth/token/accessors/',
  'auth/+/accessors/',
  'auth/token/+',
  'auth/*',
)
const pattern = fc
  .oneof(
    { weight: 5, arbitrary: secretPattern },
    { weight: 2, arbitrary: systemPattern },
    { weight: 2, arbitrary: fc.constantFrom('*', 'kv/*', 'kv/a*', 'kv/+', 'kv/+/*') },
  )
  .filter((path) => !path.includes('+*'))

const value: fc.Arbitrary<Scalar> = fc.constantFrom('x', 'xy', 'x*', '*y', '*', '', 'true', '1', 1, 0, true, false)
const parameterRules = fc
  .dictionary(fc.constantFrom('a', 'B', '*'), fc.array(value, { maxLength: 2 }), { maxKeys: 2 })
  .map((rules): Readonly<Record<string, readonly Scalar[]>> => ({ ...rules }))
/** Most rules give much, or little would ever be allowed. */
const capabilities = fc.oneof(
  { weight: 6, arbitrary: fc.shuffledSubarray(CAPABILITIES, { minLength: 5 }) },
  { weight: 2, arbitrary: fc.shuffledSubarray(CAPABILITIES, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.shuffledSubarray(['deny', ...CAPABILITIES], { minLength: 1 }) },
)
const rule: fc.Arbitrary<Rule> = fc.record({
  path: pattern,
  capabilities,
  expiresAtMs: seldom<number | undefined>(fc.constantFrom(PAST, FUTURE), undefined),
  allowed: seldom<Rule['allowed']>(parameterRules, undefined),
  denied: seldom<Rule['denied']>(parameterRules, undefined),
  required: seldom<readonly string[]>(fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }), []),
  least: seldom(fc.constantFrom(10, 20), 0),
  most: seldom(fc.constantFrom(20, 30), 0),
  templated: seldom(fc.constant(true), false),
})
const policies = fc.array(fc.array(rule, { minLength: 2, maxLength: 8 }), { minLength: 1, maxLength: 3 })

const data = fc.dictionary(fc.constantFrom('a', 'A', 'b', 'c'), value, { maxKeys: 3 })
const wrapping = seldom<number | undefined>(fc.constantFrom(5, 10, 20, 30, 31), undefined)
const secretAsk = fc.record({
  operation: fc.constantFrom('write', 'write', 'read', 'patch', 'delete', 'list', 'scan'),
  path: fc.oneof(fc.constantFrom(...SECRETS), below).map((path) => `kv/${path}`),
  data,
  wrapTtl: wrapping,
})
const systemAsk = fc.record({
  operation: fc.constantFrom('read', 'list'),
  path: fc.constantFrom(
    'sys/audit',
    'sys/policies/acl/default',
    'sys/config/auditing/request-headers',
    'auth/token/accessors',
  ),
  data: fc.constant({}),
  wrapTtl: wrapping,
})
const asks = fc.array(fc.oneof({ weight: 4, arbitrary: secretAsk }, { weight: 1, arbitrary: systemAsk }), {
  minLength: 8,
  maxLength: 16,
})
type Ask = typeof asks extends fc.Arbitrary<(infer T)[]> ? T : never

/** https://developer.hashicorp.com/vault/docs/concepts/policies#root-protected-api-endpoints, whatever the operation. */
const ROOT_PROTECTED = new Set(['sys/audit', 'sys/config/auditing/request-headers', 'auth/token/accessors'])
/** Of those, the ones that are no folder: at a listing of one there is nothing to protect. */
const NO_FOLDERS = new Set(['sys/audit', 'sys/config/auditing/request-headers'])

function policyText(rules: readonly Rule[]): string {
  const blocks = rules.map((rule) => ({
    [rule.templated ? `${rule.path.replace(/\*$/, '')}{{identity.entity.id}}` : rule.path]: {
      capabilities: rule.capabilities,
      ...(rule.expiresAtMs !== undefined && { expiration: new Date(rule.expiresAtMs).toISOString() }),
      ...(rule.allowed !== undefined && { allowed_parameters: rule.allowed }),
      ...(rule.denied !== undefined && { denied_parameters: rule.denied }),
      required_parameters: rule.required,
      min_wrapping_ttl: rule.least,
      max_wrapping_ttl: rule.most,
    },
  }))
  return JSON.stringify({ path: blocks })
}

const METHODS: Readonly<Record<string, string>> = {
  write: 'POST',
  read: 'GET',
  patch: 'PATCH',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

class Reference {
  readonly #rules: readonly Rule[]
  /** What lies in the mount, which decides whether a write creates or updates. */
  readonly #stored = new Set(SECRETS.map((path) => `kv/${path}`))

  constructor(sets: readonly (readonly Rule[])[]) {
    this.#rules = sets.flat().filter(({ templated }) => !templated)
  }

  allows(ask: Ask): boolean {
    const listing = ask.operation === 'list' || ask.operation === 'scan'
    const path = listing ? `${ask.path}/` : ask.path
    const operation = ask.operation === 'write' ? (this.#stored.has(path) ? 'update' : 'create') : ask.operation
    const rules = winningRules(this.#rules, path, listing, Date.now())
    const granted = grantedBy(rules)
    if (!granted.has(operation)) return false
    const isServed = !(listing && NO_FOLDERS.has(ask.path))
    if (isServed && ROOT_PROTECTED.has(ask.path) && !granted.has('sudo')) return false
    if (!allowsWrapping(rules, ask.wrapTtl)) return false
    return listing || operation === 'delete' || allowsParameters(rules, sentWith(ask))
  }

  did({ operation, path, data }: Ask): void {
    if (operation === 'write' && Object.keys(data).length > 0) this.#stored.add(path)
    if (operation === 'delete') this.#stored.delete(path)
  }

  get stored(): ReadonlySet<string> {
    return this.#stored
  }
}

/** Reads and listings are sent without parameters. */
function sentWith({ operation, data }: Ask): Readonly<Record<string, Scalar>> {
  return operation === 'write' || operation === 'patch' ? data : {}
}

let server: Server
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  await server.call('POST', 'sys/mounts/kv', { body: { type: 'kv', options: { version: '1' } } })
})
afterAll(async () => {
  agent.destroy()
  await server.remove()
})

const url = (path: string) => path.split('/').map(encodeURIComponent).join('/')

async function tokenWith(sets: readonly (readonly Rule[])[]): Promise<string> {
  const names = sets.map((_, index) => `p${index}`)
  for (const [index, rules] of sets.entries()) {
    const body = { policy: policyText(rules) }
    const written = await server.call('PUT', `sys/policies/acl/p${index}`, { body, agent })
    expect([written.status, written.text]).toEqual([204, ''])
  }
  const body = { policies: names, no_default_policy: true }
  return String(at((await server.call('POST', 'auth/token/create', { body, agent })).body, 'auth', 'client_token'))
}

function send(ask: Ask, token: string) {
  const body = sentWith(ask)
  return server.call(METHODS[ask.operation] ?? '', url(ask.path), {
    token,
    agent,
    body: ask.operation === 'write' || ask.operation === 'patch' ? body : undefined,
    headers: {
      ...(ask.operation === 'patch' && { 'content-type': 'application/merge-patch+json' }),
      ...(ask.wrapTtl !== undefined && { 'x-vault-wrap-ttl': String(ask.wrapTtl) }),
    },
  })
}

test('requests are allowed and refused as the documentation says', async () => {
  const outcomes = { allowed: 0, refused: 0 }
  const consistent = (rule: Rule) => rule.most === 0 || rule.most >= rule.least
  console.log(`policies over HTTP: seed ${SEED}`)
  await fc.assert(
    fc.asyncProperty(
      policies.filter((sets) => sets.every((rules) => rules.every(consistent))),
      asks,
      async (sets, requests) => {
        for (const path of SECRETS) await server.call('PUT', `kv/${url(path)}`, { body: { a: 'x' }, agent })
        const reference = new Reference(sets)
        const token = await tokenWith(sets)
        for (const ask of requests) {
          const expected = reference.allows(ask)
          const reply = await send(ask, token)
          expect([ask, reply.status === 403 ? 'refused' : 'allowed', reply.text]).toEqual([
            ask,
            expected ? 'allowed' : 'refused',
            reply.text,
          ])
          // Allowed: there, not there, done, nothing to write, or an operation that the engine lacks.
          expect([200, 204, 400, 403, 404, 405]).toContain(reply.status)
          if (expected) reference.did(ask)
          outcomes[expected ? 'allowed' : 'refused'] += 1
        }
        for (const path of reference.stored) await server.call('DELETE', url(path), { agent })
      },
    ),
    { numRuns: ROUNDS, seed: SEED, ...toldWithin() },
  )
  // Both are met often, or the test says little.
  expect(Math.min(outcomes.allowed, outcomes.refused)).toBeGreaterThan(ROUNDS / 2)
})
