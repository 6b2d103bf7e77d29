import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Envelope } from '../../sdk/envelope/index.ts'
import { Client, isConflict, watchToken } from '../../sdk/index.ts'
import { ManualClock } from '../../sdk/testing-clock.ts'
import { Absent, prepareBao } from '../clients/client-programs.ts'
import { openbao } from '../harness/program.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** The client against a server that nobody here wrote: whoever moves does not have to move all at once. */
let server: Server | undefined
let vault: Client
let absent = ''

const INSTALLED_WITHIN_MS = 300_000

beforeAll(async () => {
  try {
    server = await startUnsealed({ program: openbao(await prepareBao()), storage: 'inmem' })
  } catch (err) {
    if (!(err instanceof Absent)) throw err
    absent = err.message
    return
  }
  vault = new Client({ address: server.address, token: server.rootToken })
  await vault.sys.mount({ path: 'secret', type: 'kv', options: { version: '2' } })
  await vault.sys.mount({ path: 'transit', type: 'transit' })
}, INSTALLED_WITHIN_MS)

beforeEach(({ skip }) => skip(absent !== '', absent))

afterAll(async () => {
  vault?.close()
  await server?.remove()
})

test('secrets, check-and-set, wrapped answers', async () => {
  expect((await vault.sys.health()).data).toMatchObject({ initialized: true, sealed: false })
  await vault.kv().write({ path: 'a/b', data: { x: 1, n: null } })
  expect((await vault.kv().read('a/b')).data).toMatchObject({
    data: { x: 1, n: null },
    metadata: { custom_metadata: {} },
  })
  expect((await vault.kv().list()).data.keys).toEqual(['a/'])
  const lost = await vault
    .kv()
    .write({ path: 'a/b', data: {}, options: { cas: 9 } })
    .catch((error: unknown) => error)
  expect(isConflict(lost)).toBe(true)
  const add = () =>
    vault.kv().update<{ n: number }>('counter', (now) => ({ n: (now?.n ?? 0) + 1 }), { maxAttempts: 50 })
  await Promise.all([add(), add(), add()])
  expect((await vault.kv().get('counter'))?.data).toEqual({ n: 3 })
  await vault.kv().delete('counter')
  expect(await vault.kv().get('counter')).toBeUndefined()
  await add()
  const wrapped = await vault.wrap('60s', (v) => v.kv().read('a/b'))
  expect((await vault.unwrap(wrapped)).data.data).toEqual({ x: 1, n: null })
  const again = await vault.wrap('60s', (v) => v.kv().read('a/b'))
  expect((await vault.with({ token: undefined }).unwrap(again)).data.metadata.version).toBe(1)
})

test('encryption here under keys from there', async () => {
  await vault.transit().writeKey('bulk')
  const envelope = new Envelope({ transit: vault.transit(), key: 'bulk' })
  const message = await envelope.encrypt('hello', { associatedData: 'row' })
  const reader = new Envelope({ transit: vault.transit(), key: 'bulk' })
  expect(String(await reader.decrypt(message, { associatedData: 'row' }))).toBe('hello')
  const changed = Buffer.from(message)
  changed[20] = (changed[20] ?? 0) ^ 1
  await expect(reader.decrypt(changed, { associatedData: 'row' })).rejects.toMatchObject({ code: 'undecryptable' })
})

test('a token that is watched is renewed for its whole time', async () => {
  const { client } = await vault.login((v) => v.auth.token.create({ policies: ['default'], ttl: '1h' }))
  const clock = new ManualClock()
  const watcher = await watchToken(client, { clock })
  const renewed = once(watcher, 'renewed')
  await clock.next()
  await clock.next()
  expect(await renewed).toEqual([{ ttlSeconds: 3600, renewable: true }])
  watcher.stop()
})
