import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { keysOfPem } from '../../server/auth/jwks/key-set.ts'
import { fixedKeys } from '../../server/auth/jwks/key-source.ts'
import { pemOf, signed, signer } from '../../server/auth/jwks/testing-tokens.ts'
import { verifyToken } from '../../server/auth/jwks/verify-token.ts'
import { jwt } from '../../server/auth/jwt/index.ts'
import { json } from '../../storage/codec.ts'
import { openSqlite } from '../../storage/sqlite/sqlite.ts'
import { TestNamespace } from '../../test/core/test-namespace.ts'
import { atMost, type Goal, goalTable } from '../report.ts'

/**
 * What a JWT login costs, beside one verification of a signature and one durable write, and beside a verification and the
 * making of a token, each at 64 at a time over SQLite: the whole pipeline but for HTTP and audit.
 * Run: bin/with-node node bench/micro/jwt.ts
 */
const AT_ONCE = 64
const ROUNDS = 6_400
/** Of what a verification and a durable write take. */
const GOAL = 2

async function measure(name: string, work: (n: number) => Promise<unknown>): Promise<number> {
  const run = async (count: number): Promise<void> => {
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < count) await work(next++)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
  }
  await run(ROUNDS / 10)
  const started = performance.now()
  await run(ROUNDS)
  const micros = ((performance.now() - started) * 1000) / ROUNDS
  console.log(`${name.padEnd(44)} ${micros.toFixed(0).padStart(6)} µs each, ${AT_ONCE} at a time`)
  return micros
}

const folder = mkdtempSync(path.join(tmpdir(), 'egide-bench-'))
const backend = await openSqlite({ path: path.join(folder, 'bench.db') })
const vault = await TestNamespace.create({ backend, engines: [jwt] })
await vault.call('update', 'sys/auth/jwt', { type: 'jwt' })
const goals: Goal[] = []
for (const algorithm of ['ES256', 'RS256'] as const) {
  const key = signer('bench', algorithm)
  const seconds = vault.clock.nowMs / 1000
  const claims = { iss: 'https://issuer.example', sub: 'job', aud: 'vault', iat: seconds, exp: seconds + 3600 }
  const token = await signed(key, claims)
  const config = { jwt_validation_pubkeys: pemOf(key), bound_issuer: claims.iss }
  await vault.call('update', 'auth/jwt/config', config)
  const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: 'vault', token_policies: 'p' }
  await vault.call('update', 'auth/jwt/role/r', role)
  const keys = fixedKeys(keysOfPem([pemOf(key)]))
  const { store } = vault.namespace
  const least = await measure(`${algorithm}: verify, and write`, async (n) => {
    await verifyToken(token, keys, [algorithm])
    await store.transaction((tx) => tx.put(`bench/${algorithm}/${n}`, { claims }, json()))
  })
  const login = await measure(`${algorithm}: login`, () =>
    vault.call('update', 'auth/jwt/login', { role: 'r', jwt: token }, { token: undefined }),
  )
  const made = await measure(`${algorithm}: verify, and make a token`, async () => {
    await verifyToken(token, keys, [algorithm])
    await vault.call('update', 'auth/token/create', { policies: ['p'], no_parent: true })
  })
  console.log(`${algorithm}: ${(login / made).toFixed(2)} of a verification and a token`)
  goals.push(atMost(`${algorithm}: a login, in verifications with a durable write`, login / least, GOAL))
}
process.stdout.write(`goals\n${goalTable(goals)}`)
await vault.namespace.close()
await backend.close()
rmSync(folder, { recursive: true })
