import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import {
  giveShares,
  isUnsealed,
  logged,
  putSecret,
  restartWithSeal,
  sealAtEnd,
  secretOf,
  status,
  unsealed,
} from '../seal/auto-seal.ts'
import { Cluster } from './cluster.ts'

const key = () => randomBytes(32).toString('hex')
const [OLD, NEW] = [key(), key()]
const seal = (id: string, text: string, more = '') => `seal "static" {
  current_key_id = "${id}"
  current_key = "${text}"
  ${more}
}`

describe.skipIf(noPostgres !== undefined)('nodes on one database that unseal by themselves', () => {
  let cluster: Cluster | undefined
  afterEach(() => cluster?.remove())

  async function two(config: string, isNew: boolean): Promise<[Server, Server]> {
    cluster = await Cluster.start(2, { isNew, config: sealAtEnd(config) })
    return cluster.nodes as [Server, Server]
  }

  test('join when one of them is initialised, come back after a crash, and are sealed together', async () => {
    const [one, other] = await two(seal('old', OLD), true)
    await one.initRecovery(2, 2)
    other.adopt(one)
    await putSecret(one)
    await unsealed(other)
    expect(await secretOf(other)).toBe('kept')
    await other.kill9()
    await other.start()
    await unsealed(other)
    expect((await one.call('PUT', 'sys/seal')).status).toBe(204)
    expect((await other.call('GET', 'secret/data/kept')).status).toBe(503)
    // Somebody meant it: nobody opens by itself.
    expect([await isUnsealed(one), await isUnsealed(other)]).toEqual([false, false])
    expect(at((await giveShares(one, one.keys)).body, 'sealed')).toBe(false)
    expect(await isUnsealed(other)).toBe(false)
  })

  test('take up a new key one after the other, and serve meanwhile', async () => {
    const [one, other] = await two(seal('old', OLD), true)
    await one.initRecovery(1, 1)
    other.adopt(one)
    await putSecret(one)
    await unsealed(other)
    const both = seal('new', NEW, `previous_key_id = "old"\nprevious_key = "${OLD}"`)
    await restartWithSeal(one, both)
    await unsealed(one)
    await logged(one, /wrapped the root key with the newest key/)
    expect(await secretOf(other)).toBe('kept')
    // It does not know the key that a new root key would have to be wrapped with.
    const refused = await other.call('PUT', 'sys/rotate/root', { body: {} })
    expect([refused.status, refused.text.includes('which is not configured')]).toEqual([503, true])
    expect((await one.call('PUT', 'sys/rotate/root', { body: {} })).status).toBe(204)
    expect(await secretOf(other)).toBe('kept')
    await restartWithSeal(other, both)
    await unsealed(other)
    expect(await secretOf(other)).toBe('kept')
  })

  test('move from shares to a service one after the other', async () => {
    const [one, other] = await two('', false)
    await putSecret(one)
    await restartWithSeal(one, seal('old', OLD))
    expect(at((await giveShares(one, one.keys, { migrate: true })).body, 'sealed')).toBe(false)
    expect(await secretOf(other)).toBe('kept')
    expect(await status(other, 'type', 'migration')).toEqual(['static', true])
    await restartWithSeal(other, seal('old', OLD))
    await unsealed(other)
    expect(await status(other, 'type', 'migration', 'recovery_seal')).toEqual(['static', false, true])
    expect(await secretOf(other)).toBe('kept')
  })
})
