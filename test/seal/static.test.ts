import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import {
  giveShares,
  isUnsealed,
  logged,
  putSecret,
  restartWithSeal,
  secretOf,
  startForTest,
  status,
  unsealed,
} from './auto-seal.ts'

const key = (): string => randomBytes(32).toString('base64')
const seal = (id: string, text: string, more = '') => `seal "static" {
  current_key_id = "${id}"
  current_key = "${text}"
  ${more}
}`

describe('a server with a static seal', () => {
  test('is open after initialisation and after each start, and hands out recovery keys', async () => {
    const server = await startForTest(seal('one', key()))
    expect(await status(server, 'type', 'initialized', 'recovery_seal', 'sealed')).toEqual([
      'static',
      false,
      true,
      true,
    ])
    await server.initRecovery(3, 2)
    expect(server.keys).toHaveLength(3)
    await putSecret(server)
    expect(await status(server, 'sealed', 't', 'n', 'recovery_seal_type', 'break_glass', 'migration')).toEqual([
      false,
      2,
      3,
      'shamir',
      false,
      false,
    ])
    await server.kill9()
    await server.start()
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
  })

  test('that was sealed by hand stays sealed until recovery keys are given', async () => {
    const server = await startForTest(seal('one', key()))
    await server.initRecovery(3, 2)
    await server.call('PUT', 'sys/seal')
    expect(await isUnsealed(server)).toBe(false)
    const [one = '', two = ''] = server.keys
    const wrong = Buffer.from(two, 'base64')
    wrong.writeUInt8(wrong.readUInt8(1) ^ 1, 1)
    expect((await giveShares(server, [one, wrong.toString('base64')])).status).toBe(400)
    expect(at((await giveShares(server, [one, two])).body, 'sealed')).toBe(false)
  })

  test('takes shares for a root token and new recovery shares', async () => {
    const server = await startForTest(seal('one', key()))
    await server.initRecovery(2, 2)
    const begun = await server.call('PUT', 'sys/generate-root/attempt', { token: undefined, body: {} })
    const nonce = at(begun.body, 'nonce')
    let made = begun
    for (const share of server.keys)
      made = await server.call('PUT', 'sys/generate-root/update', { body: { key: share, nonce } })
    const encoded = Buffer.from(String(at(made.body, 'encoded_token')), 'base64')
    const pad = Buffer.from(String(at(begun.body, 'otp')))
    const token = Buffer.from(encoded.map((byte, index) => byte ^ (pad[index] ?? 0))).toString()
    expect((await server.call('GET', 'auth/token/lookup-self', { token })).status).toBe(200)
    const change = { secret_shares: 1, secret_threshold: 1 }
    const rekey = await server.call('PUT', 'sys/rekey-recovery-key/init', { body: change })
    let done = rekey
    for (const share of server.keys) {
      const body = { key: share, nonce: at(rekey.body, 'nonce') }
      done = await server.call('PUT', 'sys/rekey-recovery-key/update', { body })
    }
    const fresh = at(done.body, 'keys_base64') as readonly string[]
    await server.call('PUT', 'sys/seal')
    expect((await giveShares(server, server.keys.slice(0, 1))).status).toBe(400)
    expect(at((await giveShares(server, fresh)).body, 'sealed')).toBe(false)
  })

  test('refuses parameters of unseal shares, which it has none of', async () => {
    const server = await startForTest(seal('one', key()), { storage: 'inmem' })
    const reply = await server.call('PUT', 'sys/init', { body: { secret_shares: 1, secret_threshold: 1 } })
    expect([reply.status, at(reply.body, 'errors')]).toEqual([
      400,
      ['parameters secret_shares,secret_threshold not applicable to seal type static'],
    ])
  })
})

describe('the key', () => {
  test('is replaced: the root key is wrapped anew at the next start, and the old key no longer needed', async () => {
    const [old, fresh] = [key(), key()]
    const server = await startForTest(seal('old', old))
    await server.initRecovery(1, 1)
    await putSecret(server)
    await restartWithSeal(server, seal('new', fresh))
    await logged(server, /the root key is wrapped with key \\?"old\\?", which is not configured/)
    expect(await isUnsealed(server)).toBe(false)
    await restartWithSeal(server, seal('new', fresh, `previous_key_id = "old"\nprevious_key = "${old}"`))
    await unsealed(server)
    await logged(server, /wrapped the root key with the newest key/)
    await restartWithSeal(server, seal('new', fresh))
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
  })

  test('that is another under the same name opens nothing, and says so', async () => {
    const right = key()
    const server = await startForTest(seal('one', right))
    await server.initRecovery(1, 1)
    await putSecret(server)
    await restartWithSeal(server, seal('one', key()))
    await logged(server, /key \\?"one\\?" does not open the stored root key/)
    expect(await isUnsealed(server)).toBe(false)
    // Recovery keys authorise; what decrypts is the key alone.
    const refused = await giveShares(server, server.keys)
    expect([refused.status, refused.text.includes('does not open the stored root key')]).toEqual([503, true])
    await restartWithSeal(server, seal('one', right))
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
  })

  test('comes from a file, raw or as text, or from the environment, and is nowhere to be seen', async () => {
    const bytes = randomBytes(32)
    const environment = { SEAL_KEY: bytes.toString('hex') }
    const server = await startForTest(seal('one', 'env://SEAL_KEY'), { env: environment })
    await server.initRecovery(1, 1)
    await putSecret(server)
    const state = await server.call('GET', 'sys/config/state/sanitized')
    for (const form of ['hex', 'base64'] as const) {
      expect(state.text).not.toContain(bytes.toString(form))
      expect(server.log).not.toContain(bytes.toString(form))
    }
    const file = path.join(server.dataDir, 'seal.key')
    for (const content of [bytes, `${bytes.toString('base64')}\n`, bytes.toString('hex')]) {
      writeFileSync(file, content, { mode: 0o600 })
      await restartWithSeal(server, seal('one', `file://${file}`))
      await unsealed(server)
    }
    expect(await secretOf(server)).toBe('kept')
  })
})

test('a stored root key that was changed opens nothing, whatever was changed', async () => {
  const seals = [seal('one', key()), seal('one', key())]
  const server = await startForTest(seals[0] ?? '')
  await server.initRecovery(1, 1)
  await server.stop()
  const other = await startForTest(seals[1] ?? '')
  await other.initRecovery(1, 1)
  await other.stop()
  const file = (which: Server) => path.join(which.dataDir, 'egide.db')
  const find = "SELECT value FROM entry WHERE path = 'core/root-key'"
  const database = new Database(file(server))
  const row = database.prepare(find).get() as { value: Buffer }
  const foreign = new Database(file(other), { readonly: true }).prepare(find).get() as { value: Buffer }
  database.close()
  const flipped = (index: number) => {
    const value = Buffer.from(row.value)
    value.writeUInt8(value.readUInt8(index) ^ 1, index)
    return value
  }
  const attempts: [Buffer, RegExp][] = [
    [flipped(0), /was not wrapped by this seal/],
    [flipped(3), /which is not configured/],
    [flipped(row.value.length - 1), /does not open the stored root key/],
    [row.value.subarray(0, 10), /does not open the stored root key/],
    [Buffer.alloc(0), /was not wrapped by this seal/],
    [foreign.value, /does not open the stored root key/],
  ]
  for (const [value, why] of attempts) {
    const changed = new Database(file(server))
    changed.prepare("UPDATE entry SET value = ? WHERE path = 'core/root-key'").run(value)
    changed.close()
    await server.start()
    await logged(server, why)
    expect(await isUnsealed(server)).toBe(false)
    await server.stop()
  }
})
