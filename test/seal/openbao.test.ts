import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { prepareBao } from '../clients/client-programs.ts'
import { beforeAllUnlessAbsent } from '../clients/unless-absent.ts'
import { openbao } from '../harness/program.ts'
import { type Server, startServer, startUnsealed } from '../harness/server.ts'
import {
  isUnsealed,
  logged,
  putSecret,
  restartWithSeal,
  secretOf,
  startWithSeal,
  transitSeal,
  transitToken,
  unsealed,
} from './auto-seal.ts'

const STATIC = `seal "static" {
  current_key_id = "one"
  current_key = "${randomBytes(32).toString('hex')}"
}`

/** Each of the two holds the key that unseals the other. */

let command: string
const servers: Server[] = []
const kept = (server: Server): Server => {
  servers.push(server)
  return server
}

beforeAllUnlessAbsent(async () => {
  command = await prepareBao()
})
afterAll(async () => {
  for (const server of servers) await server.remove()
})

test('OpenBao’s Transit engine unseals this server', async () => {
  const keeper = kept(await startUnsealed({ program: openbao(command) }))
  const seal = transitSeal(keeper, await transitToken(keeper))
  const server = kept(await startWithSeal(seal))
  await server.initRecovery(3, 2)
  await putSecret(server)
  await keeper.call('POST', 'transit/keys/unseal/rotate', { body: {} })
  await restartWithSeal(server, seal)
  await unsealed(server)
  await logged(server, /wrapped the root key with the newest key/)
  expect(await secretOf(server)).toBe('kept')
  await restartWithSeal(server, seal.replace('"unseal"', '"other"'))
  await logged(server, /decrypt\/other answered 40[0-9]/)
  expect(await isUnsealed(server)).toBe(false)
})

test('this server’s Transit engine unseals OpenBao', async () => {
  const keeper = kept(await startUnsealed())
  const config = transitSeal(keeper, await transitToken(keeper))
  const server = kept(await startServer({ program: openbao(command), storage: 'durable', config }))
  await server.initRecovery(1, 1)
  await server.stop()
  await server.start()
  await unsealed(server)
})

test('OpenBao’s command initialises, asks for recovery keys and migrates', async () => {
  const server = kept(await startWithSeal(STATIC))
  const bao = new Shell({ BAO_ADDR: server.address }, command)
  const init = ['operator', 'init', '-recovery-shares=2', '-recovery-threshold=2', '-format=json']
  const made = JSON.parse(await bao.ok(init))
  expect([made.unseal_keys_b64.length, made.recovery_keys_b64.length, made.recovery_keys_threshold]).toEqual([0, 2, 2])
  expect(JSON.parse(await bao.ok(['status', '-format=json']))).toMatchObject({
    sealed: false,
    type: 'static',
    t: 2,
    n: 2,
  })
  expect(await bao.ok(['status'])).toMatch(/^Total Recovery Shares +2$/m)
  await restartWithSeal(server, STATIC.replace('}', 'disabled = "true"\n}'))
  for (const key of made.recovery_keys_b64) await bao.ok(['operator', 'unseal', '-migrate', key])
  expect(await bao.ok(['status'])).toMatch(/^Seal Type +shamir$/m)
  bao.remove()
})
