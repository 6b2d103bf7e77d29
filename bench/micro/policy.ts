import { createHash } from 'node:crypto'
import { compileAcl } from '../../server/policy/acl/acl.ts'
import type { AclQuery } from '../../server/policy/decision.ts'
import { parsePolicy } from '../../server/policy/parse.ts'
import { atMost, type Goal, goalTable } from '../report.ts'

/**
 * What one decision costs for a token with 50 policies of 100 rules: exact paths, prefixes and '+', some of which share
 * long beginnings, asked for paths that fit one, several or none. Also what compiling such a set costs, which happens when
 * a policy changes, and the same decision where every denial wins.
 * Run: bin/with-node node bench/micro/policy.ts
 */
const POLICIES = 50
const RULES = 100
const ROUNDS = 300_000
const GOAL_MICROS = 5

/** The same numbers in each run. */
function drawn(seed: string): (below: number) => number {
  let count = 0
  return (below) => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() % below
}
const draw = drawn('policies')
const MOUNTS = ['secret/data', 'secret/metadata', 'transit/encrypt', 'pki/issue', 'auth/approle/role']
const CAPABILITIES = ['create', 'read', 'update', 'delete', 'list']

function pathOf(policy: number): string {
  const mount = MOUNTS[draw(MOUNTS.length)]
  const parts = [`team-${policy}`, `app-${draw(20)}`, `env-${draw(4)}`, `key-${draw(50)}`].slice(0, 1 + draw(4))
  const kind = draw(10)
  if (kind < 4) return `${mount}/${parts.join('/')}`
  if (kind < 8) return `${mount}/${parts.join('/')}/*`
  parts[draw(parts.length)] = '+'
  return `${mount}/${parts.join('/')}${kind === 8 ? '' : '/*'}`
}
function ruleOf(policy: number): string {
  const names = draw(25) === 0 ? ['deny'] : CAPABILITIES.filter(() => draw(2) === 0)
  return `path ${JSON.stringify(pathOf(policy))} { capabilities = ${JSON.stringify(names)} }`
}

const texts = Array.from({ length: POLICIES }, (_, policy) =>
  Array.from({ length: RULES }, () => ruleOf(policy)).join('\n'),
)
const policies = texts.map((text, i) => parsePolicy(`policy-${i}`, text))
const queries = Array.from({ length: 1_000 }, (): AclQuery => {
  const path = pathOf(draw(POLICIES + 10))
    .replaceAll('+', `env-${draw(4)}`)
    .replace('*', `key-${draw(50)}/x`)
  const operation = (['read', 'update', 'list', 'create'] as const)[draw(4)] ?? 'read'
  return { operation, path, data: {}, nowMs: 0 }
})

/** Microseconds of this process's CPU each: what else the machine does does not count. */
function measure(name: string, rounds: number, work: (n: number) => unknown): number {
  let kept: unknown
  for (let n = 0; n < rounds / 10; n++) kept = work(n)
  const before = process.cpuUsage()
  for (let n = 0; n < rounds; n++) kept = work(n)
  const { user, system } = process.cpuUsage(before)
  const micros = (user + system) / rounds
  if (kept === undefined) throw new Error('nothing was decided')
  console.log(`${name.padEnd(52)} ${micros.toFixed(micros < 100 ? 2 : 0).padStart(8)} µs`)
  return micros
}

console.log(`${POLICIES} policies of ${RULES} rules, ${queries.length} paths`)
const goals: Goal[] = []
for (const denyAlwaysWins of [false, true]) {
  const acl = compileAcl(policies, { nowMs: 0, denyAlwaysWins })
  const allowed = queries.filter((query) => acl.decide(query).allowed).length
  const name = denyAlwaysWins ? 'one decision, every denial wins' : 'one decision'
  const micros = measure(`${name} (${allowed} of ${queries.length} allowed)`, ROUNDS, (n) =>
    acl.decide(queries[n % queries.length] as AclQuery),
  )
  goals.push(atMost(`${name}, in µs of CPU`, micros, GOAL_MICROS))
}
measure('compiling the set', 30, () => compileAcl(policies, { nowMs: 0 }))
process.stdout.write(`goals\n${goalTable(goals)}`)
