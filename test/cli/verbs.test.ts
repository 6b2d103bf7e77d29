import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

let server: Server
let shell: Shell

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
})

afterAll(async () => {
  shell.remove()
  await server.remove()
})

const json = async (...args: string[]) => JSON.parse(await shell.ok([...args, '-format=json']))

describe('kv', () => {
  test('a secret and its versions: put, get, patch, list, scan', async () => {
    await shell.ok(['kv', 'put', 'secret/app/db', 'user=shop', 'password=one'])
    await shell.ok(['kv', 'put', '-mount=secret', '-cas=1', 'app/db', 'user=shop', 'password=two'])
    const stale = await shell.run(['kv', 'put', '-cas=1', 'secret/app/db', 'user=x'])
    expect(stale.code).toBe(2)
    expect(stale.stderr).toContain('check-and-set')
    expect(await shell.ok(['kv', 'get', '-field=password', 'secret/app/db'])).toBe('two')
    expect(await shell.ok(['kv', 'get', '-version=1', '-field=password', 'secret/app/db'])).toBe('one')
    for (const method of ['patch', 'rw']) {
      await shell.ok(['kv', 'patch', `-method=${method}`, 'secret/app/db', `by=${method}`])
      expect((await json('kv', 'get', 'secret/app/db')).data.data).toEqual({
        user: 'shop',
        password: 'two',
        by: method,
      })
    }
    for (const method of ['patch', 'rw']) {
      const outdated = await shell.run(['kv', 'patch', `-method=${method}`, '-cas=1', 'secret/app/db', 'by=nobody'])
      expect(outdated).toMatchObject({ code: 2, stderr: expect.stringContaining('check-and-set') })
    }
    await shell.ok(['kv', 'patch', '-remove-data=by', 'secret/app/db'])
    expect((await json('kv', 'get', 'secret/app/db')).data.data).toEqual({ user: 'shop', password: 'two' })
    expect(await json('kv', 'list', 'secret')).toEqual(['app/'])
    expect(await json('kv', 'scan', 'secret')).toEqual(['app/db'])
  })

  test('delete, undelete, rollback, destroy', async () => {
    await shell.ok(['kv', 'put', 'secret/v', 'n=1'])
    await shell.ok(['kv', 'put', 'secret/v', 'n=2'])
    await shell.ok(['kv', 'delete', 'secret/v'])
    expect(await shell.ok(['kv', 'get', 'secret/v'])).toMatch(/^deletion_time +\d{4}-/m)
    await shell.ok(['kv', 'undelete', '-versions=2', 'secret/v'])
    expect(await shell.ok(['kv', 'get', '-field=n', 'secret/v'])).toBe('2')
    await shell.ok(['kv', 'rollback', '-version=1', 'secret/v'])
    expect((await json('kv', 'get', 'secret/v')).data).toMatchObject({ data: { n: '1' }, metadata: { version: 3 } })
    await shell.ok(['kv', 'destroy', '-versions=1,2', 'secret/v'])
    const { versions } = (await json('kv', 'metadata', 'get', 'secret/v')).data
    expect(Object.values<{ destroyed: boolean }>(versions).map(({ destroyed }) => destroyed)).toEqual([
      true,
      true,
      false,
    ])
    expect((await shell.run(['kv', 'destroy', '-versions=x', 'secret/v'])).code).toBe(1)
  })

  test('metadata: put, patch, delete', async () => {
    await shell.ok(['kv', 'put', 'secret/m', 'a=b'])
    await shell.ok(['kv', 'metadata', 'put', '-max-versions=4', '-custom-metadata=team=red', 'secret/m'])
    await shell.ok(['kv', 'metadata', 'patch', '-custom-metadata=tier=1', 'secret/m'])
    expect((await json('kv', 'metadata', 'get', 'secret/m')).data).toMatchObject({
      max_versions: 4,
      custom_metadata: { team: 'red', tier: '1' },
    })
    await shell.ok(['kv', 'metadata', 'delete', 'secret/m'])
    const gone = await shell.run(['kv', 'get', 'secret/m'])
    expect(gone).toEqual({ code: 2, stdout: '', stderr: 'No value found at secret/data/m\n' })
  })

  test('a store without versions, until they are turned on', async () => {
    await shell.ok(['secrets', 'enable', '-path=plain', '-version=1', 'kv'])
    await shell.ok(['kv', 'put', 'plain/a', 'x=1'])
    expect((await json('kv', 'get', 'plain/a')).data).toEqual({ x: '1' })
    const patched = await shell.run(['kv', 'patch', 'plain/a', 'y=1'])
    expect(patched).toMatchObject({ code: 2, stderr: 'K/V engine mount must be version 2 for patch support\n' })
    await shell.ok(['kv', 'enable-versioning', 'plain'])
    expect((await json('kv', 'get', 'plain/a')).data).toMatchObject({ data: { x: '1' }, metadata: { version: 1 } })
  })
})

describe('paths', () => {
  test('write, read, list, scan, patch, delete', async () => {
    expect(await shell.ok(['write', 'cubbyhole/a/b', 'k=v'])).toBe('Success! Data written to: cubbyhole/a/b\n')
    expect(await shell.ok(['read', '/cubbyhole/a/b'])).toMatch(/^k +v$/m)
    expect(await json('list', 'cubbyhole')).toEqual(['a/'])
    expect(await json('scan', 'cubbyhole')).toEqual(['a/b'])
    expect((await shell.run(['write', 'cubbyhole/c'])).code).toBe(1)
    expect(await shell.ok(['delete', 'cubbyhole/a/b'])).toContain('Success! Data deleted (if it existed)')
    expect((await shell.run(['read', 'cubbyhole/a/b'])).code).toBe(2)
    const nothing = await shell.run(['list', '-format=json', 'cubbyhole'])
    expect(nothing).toMatchObject({ code: 2, stdout: '{}\n' })
    await shell.ok(['kv', 'put', 'secret/patched', 'a=1'])
    await shell.ok(['patch', 'secret/data/patched', '-'], { stdin: '{"data":{"b":"2"}}' })
    expect((await json('read', 'secret/data/patched')).data.data).toEqual({ a: '1', b: '2' })
  })

  test('a field that nobody knows is warned of, and the write is a success', async () => {
    const written = await shell.run(['write', 'auth/token/roles/r', 'tll=1h'])
    expect(written.code).toBe(0)
    expect(written.stdout).toBe('Success! Data written to: auth/token/roles/r\n')
    expect(written.stderr).toContain('Endpoint ignored these unrecognized parameters: [tll]')
    expect(await json('write', 'auth/token/roles/r', 'tll=1h')).toMatchObject({
      data: null,
      warnings: ['Endpoint ignored these unrecognized parameters: [tll]'],
    })
  })

  test('an answer without an envelope is shown, and raw is what came', async () => {
    expect(await shell.ok(['read', 'sys/health'])).toMatch(/^sealed +false$/m)
    expect(JSON.parse(await shell.ok(['read', '-format=raw', 'sys/health']))).toMatchObject({ sealed: false })
  })

  test('path-help', async () => {
    expect(await shell.ok(['path-help', 'sys/mounts'])).toContain('Operations:')
    expect(await json('path-help', 'sys/mounts')).toHaveProperty('paths')
    expect(await shell.ok(['path-help', 'secret'])).toMatch(/supported below secret\/[\s\S]*data\/:path\*/)
    expect(await shell.ok(['path-help', 'cubbyhole'])).toContain('supported below cubbyhole/')
  })
})

describe('policies and tokens', () => {
  test('policy write, read, list, fmt, delete', async () => {
    const file = shell.file('p.hcl', 'path "secret/data/*" {\ncapabilities=["read"]\n}\n')
    await shell.ok(['policy', 'write', 'reader', file])
    await shell.ok(['policy', 'write', 'piped', '-'], { stdin: 'path "a" { capabilities = ["deny"] }' })
    expect(await shell.ok(['policy', 'list'])).toBe('default\npiped\nreader\nroot\n')
    expect(await shell.ok(['policy', 'read', 'piped'])).toBe('path "a" { capabilities = ["deny"] }\n')
    await shell.ok(['policy', 'fmt', file])
    await shell.ok(['policy', 'delete', 'piped'])
    expect((await shell.run(['policy', 'read', 'piped'])).code).toBe(2)
    const bad = await shell.run(['policy', 'write', 'bad', '-'], { stdin: 'path {' })
    expect(bad.code).toBe(2)
  })

  test('token create, lookup, capabilities, renew, revoke', async () => {
    await shell.ok(['policy', 'write', 'reader', '-'], { stdin: 'path "secret/data/*" { capabilities = ["read"] }' })
    const { auth } = await json('token', 'create', '-policy=reader', '-ttl=1h', '-display-name=app', '-metadata=a=b')
    expect(auth).toMatchObject({ policies: ['default', 'reader'], lease_duration: 3600, metadata: { a: 'b' } })
    const token = auth.client_token
    expect((await json('token', 'lookup', '-accessor', auth.accessor)).data).toMatchObject({
      display_name: 'token-app',
    })
    expect(await shell.ok(['token', 'capabilities', token, 'secret/data/x'])).toBe('read\n')
    expect(await shell.ok(['token', 'capabilities', 'secret/data/x'])).toBe('root\n')
    expect((await json('token', 'renew', '-increment=30m', token)).auth.lease_duration).toBe(1800)
    const asApp = { env: { EGIDE_TOKEN: token } }
    expect((await shell.run(['kv', 'put', 'secret/x', 'a=b'], asApp)).code).toBe(2)
    expect((await shell.run(['token', 'revoke', '-'], { stdin: `${token}\n` })).stdout).toContain('Success!')
    const gone = await shell.run(['token', 'lookup'], asApp)
    expect(gone.code).toBe(2)
    expect(gone.stdout + gone.stderr).not.toContain(token)
  })

  test('what is wrapped is taken out once', async () => {
    const wrapping = await shell.ok(['token', 'create', '-policy=default', '-wrap-ttl=1m', '-field=wrapping_token'])
    expect((await json('unwrap', wrapping)).auth.policies).toEqual(['default'])
    expect((await shell.run(['unwrap', wrapping])).code).toBe(2)
    await shell.ok(['kv', 'put', 'secret/w', 'a=b'])
    const secret = await shell.ok(['kv', 'get', '-wrap-ttl=1m', '-field=wrapping_token', 'secret/w'])
    const taken = await shell.ok(['unwrap', '-', '-format=json'], { stdin: secret, env: { EGIDE_TOKEN: undefined } })
    expect(JSON.parse(taken).data.data).toEqual({ a: 'b' })
  })
})

describe('mounts, devices and leases', () => {
  test('secrets enable, list, tune, move, disable', async () => {
    await shell.ok(['secrets', 'enable', '-path=team/kv', '-description=ours', '-version=2', 'kv'])
    await shell.ok(['secrets', 'tune', '-default-lease-ttl=2h', 'team/kv'])
    expect((await json('secrets', 'list'))['team/kv/']).toMatchObject({
      description: 'ours',
      config: { default_lease_ttl: 7200 },
      options: { version: '2' },
    })
    expect(await shell.ok(['secrets', 'list', '-detailed'])).toMatch(/^team\/kv\/ +kv +kv_/m)
    expect(await shell.ok(['secrets', 'move', 'team/kv', 'team/moved'])).toContain('Success! Finished moving')
    await shell.ok(['secrets', 'disable', 'team/moved'])
    expect(await shell.ok(['secrets', 'list'])).not.toContain('team/')
  })

  test('auth list, tune, help; a type that there is none of is refused', async () => {
    expect(await shell.ok(['auth', 'list'])).toMatch(/^token\/ +token +auth_token_/m)
    await shell.ok(['auth', 'tune', '-description=tokens', 'token'])
    expect((await json('auth', 'list'))['token/'].description).toBe('tokens')
    expect(await shell.ok(['auth', 'help', 'token'])).toContain('egide login')
    expect((await shell.run(['auth', 'enable', 'nonesuch'])).code).toBe(2)
  })

  test('audit enable, list, disable', async () => {
    expect(await shell.run(['audit', 'list'])).toMatchObject({ code: 2, stdout: 'No audit devices are enabled.\n' })
    await shell.ok(['audit', 'enable', '-path=log', 'file', `file_path=${server.auditFile}`])
    expect(await shell.ok(['audit', 'list', '-detailed'])).toContain(`file_path=${server.auditFile}`)
    await shell.ok(['audit', 'disable', 'log'])
    expect(await json('audit', 'list')).toEqual({})
  })

  test('leases: one that is none, and a prefix without any', async () => {
    for (const verb of ['lookup', 'renew']) expect((await shell.run(['lease', verb, 'none'])).code).toBe(2)
    expect(await shell.ok(['lease', 'revoke', '-prefix', '-sync', 'none/'])).toContain('Success! Revoked any leases')
    expect((await shell.run(['lease', 'revoke', '-force', 'none/'])).code).toBe(1)
  })

  test('monitor ends well when interrupted, as a person would with Ctrl-C', async () => {
    const monitor = shell.start(['monitor', '-log-level=trace'])
    const metrics = async () => (await server.call('GET', 'sys/metrics?format=prometheus')).text
    await expect.poll(metrics).toMatch(/^egide_log_streams 1$/m)
    monitor.signal('SIGINT')
    expect(await monitor.ended).toMatchObject({ code: 0, stderr: '' })
    expect((await shell.run(['monitor', '-log-level=loud'])).code).toBe(1)
  })
})
