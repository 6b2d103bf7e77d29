import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import {
  isUnsealed,
  logged,
  putSecret,
  restartWithSeal,
  secretOf,
  startForTest,
  status,
  transitSeal,
  transitToken,
  unsealed,
} from './auto-seal.ts'

/** A server whose root key is wrapped by the Transit engine of another. */

/** Each starts several servers one after the other. */
const STARTS_WITHIN_MS = 180_000

let keeper: Server
let token: string
beforeAll(async () => {
  keeper = await startUnsealed()
  token = await transitToken(keeper)
})
afterAll(() => keeper.remove())

const everythingSaid = (server: Server) => server.log + readFileSync(server.auditFile, 'utf8')

test('it is open after initialisation and after each start, and its token is nowhere to be seen', {
  timeout: STARTS_WITHIN_MS,
}, async () => {
  const server = await startForTest(transitSeal(keeper, token))
  expect(await status(server, 'type', 'initialized', 'recovery_seal')).toEqual(['transit', false, true])
  await server.initRecovery(3, 2)
  await putSecret(server)
  await restartWithSeal(server, transitSeal(keeper, token))
  await unsealed(server)
  expect(await secretOf(server)).toBe('kept')
  const state = await server.call('GET', 'sys/config/state/sanitized')
  expect([state.status, state.text.includes(token)]).toEqual([200, false])
  expect(everythingSaid(server)).not.toContain(token)
})

test('while the other server is away it stays sealed, says so, and opens when that is back', async () => {
  const away = await startUnsealed()
  onTestFinished(() => away.remove())
  const seal = transitSeal(away, await transitToken(away))
  const server = await startForTest(seal)
  await server.initRecovery(1, 1)
  await putSecret(server)
  await server.stop()
  await away.stop()
  await server.start()
  await logged(server, /the vault stays sealed: could not unseal.*seal \\?"transit\\?" at .*ECONNREFUSED/)
  expect(await isUnsealed(server)).toBe(false)
  expect((await server.call('GET', 'sys/health')).status).toBe(503)
  // Sealed itself, it is no better.
  await away.start()
  await logged(server, /answered 503: Vault is sealed/)
  await away.unseal()
  await unsealed(server)
  expect(await secretOf(server)).toBe('kept')
  // What is open stays open when the other server goes.
  await away.stop()
  expect(await secretOf(server)).toBe('kept')
})

test('initialising fails while the other server is away, and leaves nothing behind', {
  timeout: STARTS_WITHIN_MS,
}, async () => {
  const refused = transitSeal(keeper, token).replace(/:\d+"/, ':1"')
  const server = await startForTest(refused)
  const body = { recovery_shares: 1, recovery_threshold: 1 }
  const reply = await server.call('PUT', 'sys/init', { body })
  expect([reply.status, reply.text.includes('ECONNREFUSED')]).toEqual([503, true])
  expect(await status(server, 'initialized')).toEqual([false])
  await restartWithSeal(server, transitSeal(keeper, token))
  await server.initRecovery(1, 1)
  expect(await isUnsealed(server)).toBe(true)
})

test('a rotated key is taken up at the next start', { timeout: STARTS_WITHIN_MS }, async () => {
  const server = await startForTest(transitSeal(keeper, token))
  await server.initRecovery(1, 1)
  await putSecret(server)
  const { body } = await keeper.call('POST', 'transit/keys/unseal/rotate', { body: {} })
  const newest = at(body, 'data', 'latest_version')
  await restartWithSeal(server, transitSeal(keeper, token))
  await unsealed(server)
  await logged(server, /wrapped the root key with the newest key/)
  await server.stop()
  const config = { min_decryption_version: newest }
  expect((await keeper.call('POST', 'transit/keys/unseal/config', { body: config })).status).toBeLessThan(300)
  await server.start()
  await unsealed(server)
  expect(await secretOf(server)).toBe('kept')
})

describe('it stays sealed, and says why, when', () => {
  const faults: Record<string, [change: (seal: string) => string | Promise<string>, why: RegExp]> = {
    'its token is no good': [
      (seal) => seal.replace(/token = "[^"]*"/, 'token = "s.AAAAAAAAAAAAAAAAAAAAAAAA"'),
      /decrypt\/unseal answered 403/,
    ],
    'its key is not there': [(seal) => seal.replace('"unseal"', '"other"'), /decrypt\/other answered 40[0-9]/],
    'the mount is not there': [
      (seal) => seal.replace('transit/', 'elsewhere/'),
      /elsewhere\/decrypt\/unseal answered 40[0-9]/,
    ],
    'the namespace is not there': [(seal) => seal.replace('}', 'namespace = "nowhere"\n}'), /answered 40[0-9]/],
    'the version of the key that wrapped it was disabled': [
      async (seal) => {
        const { body } = await keeper.call('POST', 'transit/keys/unseal/rotate', { body: {} })
        const newest = at(body, 'data', 'latest_version')
        await keeper.call('POST', 'transit/keys/unseal/config', { body: { min_decryption_version: newest } })
        return seal
      },
      /decrypt\/unseal answered 400: .*(version|disallowed)/,
    ],
    'the key was deleted and another made': [
      async (seal) => {
        await keeper.call('POST', 'transit/keys/unseal/config', { body: { deletion_allowed: true } })
        await keeper.call('DELETE', 'transit/keys/unseal')
        await keeper.call('POST', 'transit/keys/unseal', { body: {} })
        return seal
      },
      /decrypt\/unseal answered 40[0-9]/,
    ],
  }
  for (const [what, [change, why]] of Object.entries(faults)) {
    test(what, { timeout: STARTS_WITHIN_MS }, async () => {
      const server = await startForTest(transitSeal(keeper, token))
      await server.initRecovery(1, 1)
      await restartWithSeal(server, await change(transitSeal(keeper, token)))
      await logged(server, why)
      expect(await isUnsealed(server)).toBe(false)
      expect(everythingSaid(server)).not.toContain(token)
    })
  }
})

describe('its token', () => {
  test('is renewed, sealed or not, so that it outlives its period', { timeout: STARTS_WITHIN_MS }, async () => {
    // Not before the server tries to renew it, however long that takes to start.
    const file = path.join(keeper.dataDir, 'short-token')
    writeFileSync(file, 's.AAAAAAAAAAAAAAAAAAAAAAAA', { mode: 0o600 })
    const server = await startForTest(transitSeal(keeper, `file://${file}`))
    await logged(server, /the token of the transit seal could not be renewed/)
    const short = await transitToken(keeper, '20s')
    writeFileSync(file, short)
    const looked = () => keeper.call('GET', 'auth/token/lookup-self', { token: short })
    const expires = async () => Date.parse(String(at((await looked()).body, 'data', 'expire_time')))
    // Twice its period after this it can only live because it was renewed more than once.
    const outlived = (await expires()) + 20_000
    await expect.poll(expires, { timeout: 120_000, interval: 200 }).toBeGreaterThan(outlived)
  })

  test('is left alone with disable_renewal', { timeout: STARTS_WITHIN_MS }, async () => {
    const short = await transitToken(keeper, '3s')
    await startForTest(transitSeal(keeper, short, 'disable_renewal = "true"'))
    await sleep(4000)
    expect((await keeper.call('GET', 'auth/token/lookup-self', { token: short })).status).toBe(403)
  })

  test('comes from a file that is read anew each time, or from the environment', {
    timeout: STARTS_WITHIN_MS,
  }, async () => {
    const file = path.join(keeper.dataDir, 'token')
    writeFileSync(file, `${token}\n`, { mode: 0o600 })
    const server = await startForTest(transitSeal(keeper, `file://${file}`))
    await server.initRecovery(1, 1)
    await putSecret(server)
    await server.stop()
    writeFileSync(file, 's.AAAAAAAAAAAAAAAAAAAAAAAA\n')
    await server.start()
    await logged(server, /answered 403/)
    writeFileSync(file, `${token}\n`)
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
    const env = { VAULT_TOKEN: token, BAO_TRANSIT_SEAL_KEY_NAME: 'unseal', VAULT_ADDR: keeper.address }
    const other = await startForTest('seal "transit" {}', { env })
    await other.initRecovery(1, 1)
    expect(await isUnsealed(other)).toBe(true)
  })
})

test('over TLS it trusts the authority it is given, and no other', { timeout: STARTS_WITHIN_MS }, async () => {
  const secure = await startUnsealed({ tls: true })
  onTestFinished(() => secure.remove())
  const secureToken = await transitToken(secure)
  const server = await startForTest(transitSeal(secure, secureToken))
  const body = { recovery_shares: 1, recovery_threshold: 1 }
  const refused = await server.call('PUT', 'sys/init', { body })
  expect([refused.status, /certificate|issuer|self.signed/.test(refused.text)]).toEqual([503, true])
  await restartWithSeal(server, transitSeal(secure, secureToken, `tls_ca_cert = "${secure.certificate?.caFile}"`))
  await server.initRecovery(1, 1)
  expect(await isUnsealed(server)).toBe(true)
})
