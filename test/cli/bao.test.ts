import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { examine } from '../../server/backup/read-snapshot.ts'
import { Absent, prepareBao } from '../clients/client-programs.ts'
import { type Server, startServer } from '../harness/server.ts'
import { Shell } from './shell.ts'

/** OpenBao's own command, unmodified, against this server. The steps follow each other. */
let server: Server
let bao: Shell
let absent = ''
let shares: string[] = []

const INSTALLED_WITHIN_MS = 300_000

/** Missing where there is no such program for this machine, or no way to it; a broken one is an error. */
async function install(): Promise<string | undefined> {
  try {
    return await prepareBao()
  } catch (err) {
    if (!(err instanceof Absent)) throw err
    absent = err.message
    return undefined
  }
}

beforeAll(async () => {
  const command = await install()
  if (command === undefined) return
  server = await startServer({ storage: 'inmem' })
  bao = new Shell({ BAO_ADDR: server.address }, command)
}, INSTALLED_WITHIN_MS)

beforeEach(({ skip }) => skip(absent !== '', absent))

afterAll(async () => {
  bao?.remove()
  await server?.remove()
})

const json = async (...args: string[]) => JSON.parse(await bao.ok([...withFormat(args)]))
/** `bao` takes flags only before arguments. */
const withFormat = (args: string[]) => {
  const words = args.findIndex((arg) => arg.startsWith('-') || arg.includes('/'))
  const at = words === -1 ? args.length : words
  return [...args.slice(0, at), '-format=json', ...args.slice(at)]
}

test('init, status, unseal and login', async () => {
  expect((await bao.run(['status'])).code).toBe(2)
  const made = await json('operator', 'init', '-key-shares=3', '-key-threshold=2')
  shares = made.unseal_keys_b64
  expect(shares).toHaveLength(3)
  const half = await bao.ok(['operator', 'unseal', shares[0] ?? ''])
  expect(half).toMatch(/^Unseal Progress +1\/2$/m)
  expect(await bao.ok(['operator', 'unseal', shares[1] ?? ''])).toMatch(/^Sealed +false$/m)
  expect(await json('status')).toMatchObject({ initialized: true, sealed: false, type: 'shamir', t: 2, n: 3 })
  expect(await bao.ok(['login', '-'], { stdin: made.root_token })).toContain('You are now authenticated')
  expect(await bao.ok(['print', 'token'])).toContain(made.root_token)
})

test('kv', async () => {
  await bao.ok(['kv', 'put', 'secret/a/b', 'x=1'])
  await bao.ok(['kv', 'patch', 'secret/a/b', 'y=2'])
  expect((await json('kv', 'get', 'secret/a/b')).data).toMatchObject({
    data: { x: '1', y: '2' },
    metadata: { version: 2 },
  })
  expect(await json('kv', 'list', 'secret/')).toEqual(['a/'])
  expect(await json('kv', 'scan', 'secret/')).toEqual(['a/b'])
  await bao.ok(['kv', 'metadata', 'put', '-max-versions=3', 'secret/a/b'])
  await bao.ok(['kv', 'delete', 'secret/a/b'])
  await bao.ok(['kv', 'undelete', '-versions=2', 'secret/a/b'])
  await bao.ok(['kv', 'rollback', '-version=1', 'secret/a/b'])
  expect(await bao.ok(['kv', 'get', '-field=x', 'secret/a/b'])).toBe('1')
  await bao.ok(['kv', 'destroy', '-versions=1', 'secret/a/b'])
  expect(await bao.ok(['kv', 'metadata', 'get', 'secret/a/b'])).toMatch(/^destroyed +true$/m)
  await bao.ok(['kv', 'metadata', 'delete', 'secret/a/b'])
  expect((await bao.run(['kv', 'get', 'secret/a/b'])).code).toBe(2)
})

test('read, write, patch, list, scan, delete and path-help', async () => {
  await bao.ok(['write', 'cubbyhole/p/q', 'k=v'])
  expect(await bao.ok(['read', '-field=k', 'cubbyhole/p/q'])).toBe('v')
  expect(await json('list', 'cubbyhole/')).toEqual(['p/'])
  expect(await json('scan', 'cubbyhole/')).toEqual(['p/q'])
  await bao.ok(['delete', 'cubbyhole/p/q'])
  expect((await bao.run(['read', 'cubbyhole/p/q'])).code).toBe(2)
  await bao.ok(['write', '-f', 'transit/keys/k'])
  const ciphertext = await bao.ok(['write', '-field=ciphertext', 'transit/encrypt/k', 'plaintext=aGk='])
  expect(await bao.ok(['write', '-field=plaintext', 'transit/decrypt/k', `ciphertext=${ciphertext}`])).toBe('aGk=')
  await bao.ok(['kv', 'put', 'secret/patched', 'a=1'])
  await bao.ok(['patch', 'secret/data/patched', '-'], { stdin: '{"data":{"b":"2"}}' })
  expect((await json('read', 'secret/data/patched')).data.data).toEqual({ a: '1', b: '2' })
  expect(await bao.ok(['path-help', 'sys/mounts'])).toContain('mounts')
})

test('policies, tokens and wrapping', async () => {
  await bao.ok(['policy', 'write', 'reader', '-'], { stdin: 'path "secret/data/*" { capabilities = ["read"] }' })
  expect(await json('policy', 'list')).toEqual(['default', 'reader', 'root'])
  expect(await bao.ok(['policy', 'read', 'reader'])).toContain('secret/data/*')
  const { auth } = await json('token', 'create', '-policy=reader', '-ttl=1h')
  expect(auth).toMatchObject({ lease_duration: 3600, policies: ['default', 'reader'] })
  expect(await bao.ok(['token', 'capabilities', auth.client_token, 'secret/data/x'])).toBe('read\n')
  expect(await bao.ok(['token', 'lookup', auth.client_token])).toMatch(/^display_name +token$/m)
  expect(await bao.ok(['token', 'renew', '-increment=2h', auth.client_token])).toContain(auth.client_token)
  await bao.ok(['token', 'revoke', auth.client_token])
  expect((await bao.run(['token', 'lookup', auth.client_token])).code).toBe(2)
  const wrapping = await bao.ok(['token', 'create', '-wrap-ttl=60s', '-field=wrapping_token'])
  expect(await bao.ok(['unwrap', wrapping])).toMatch(/^token_policies +\["root"\]$/m)
  expect((await bao.run(['unwrap', wrapping])).code).toBe(2)
  await bao.ok(['policy', 'delete', 'reader'])
})

test('secrets engines, auth methods, audit devices and leases', async () => {
  await bao.ok(['secrets', 'enable', '-path=team', '-version=2', 'kv'])
  await bao.ok(['secrets', 'tune', '-default-lease-ttl=2h', 'team'])
  expect((await json('secrets', 'list'))['team/']).toMatchObject({ type: 'kv', config: { default_lease_ttl: 7200 } })
  expect(await bao.ok(['secrets', 'move', 'team', 'moved'])).toContain('Success! Finished moving')
  await bao.ok(['secrets', 'disable', 'moved'])
  expect(await bao.ok(['secrets', 'list', '-detailed'])).not.toContain('moved/')
  expect((await json('auth', 'list'))['token/']).toMatchObject({ type: 'token' })
  await bao.ok(['auth', 'tune', '-description=tokens', 'token'])
  await bao.ok(['audit', 'enable', 'file', `file_path=${server.auditFile}`])
  expect((await json('audit', 'list'))['file/']).toMatchObject({ type: 'file' })
  await bao.ok(['audit', 'disable', 'file'])
  expect((await bao.run(['lease', 'lookup', 'none'])).code).toBe(2)
  expect(await bao.ok(['lease', 'revoke', '-prefix', 'none/'])).toContain('queued successfully')
})

test('key-status, rotate, generate-root, rekey, seal and unseal', async () => {
  expect(await bao.ok(['operator', 'key-status'])).toMatch(/^Key Term +1$/m)
  expect(await bao.ok(['operator', 'rotate'])).toMatch(/^Key Term +2$/m)

  const { nonce, otp } = await json('operator', 'generate-root', '-init')
  await bao.ok(['operator', 'generate-root', `-nonce=${nonce}`, shares[0] ?? ''])
  const { encoded_token: encoded } = await json('operator', 'generate-root', `-nonce=${nonce}`, shares[1] ?? '')
  const root = await bao.ok(['operator', 'generate-root', `-decode=${encoded}`, `-otp=${otp}`])
  expect(await bao.ok(['token', 'lookup', root.trim()])).toMatch(/^policies +\[root\]$/m)

  const rekey = await json('operator', 'rekey', '-init', '-key-shares=1', '-key-threshold=1')
  await bao.ok(['operator', 'rekey', `-nonce=${rekey.nonce}`, shares[0] ?? ''])
  const { keys_base64: made } = await json('operator', 'rekey', `-nonce=${rekey.nonce}`, shares[1] ?? '')
  expect(await bao.ok(['operator', 'seal'])).toContain('sealed')
  expect((await bao.run(['status'])).code).toBe(2)
  expect(await bao.ok(['operator', 'unseal', made[0]])).toMatch(/^Sealed +false$/m)
})

test('operator raft snapshot save and restore', async () => {
  await bao.ok(['operator', 'raft', 'snapshot', 'save', 'bao.snap'])
  expect((await examine(path.join(bao.home, 'bao.snap'))).totals.entries).toBeGreaterThan(0)
  await bao.ok(['kv', 'put', '-mount=secret', 'since', 'value=1'])
  await bao.ok(['operator', 'raft', 'snapshot', 'restore', 'bao.snap'])
  expect((await bao.run(['kv', 'get', '-mount=secret', 'since'])).code).toBe(2)
  await bao.ok(['operator', 'raft', 'snapshot', 'restore', '-force', 'bao.snap'])
})
