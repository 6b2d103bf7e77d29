import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALWAYS, send, signed } from '../aws/signed.ts'
import { at, type CallOptions, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Namespaces with key shares of their own, from outside: who gets in while one is sealed, and who opens it. */

const SEAL = 'seal "shamir" {\n  shares = 3\n  threshold = 2\n}'
const ADMIN = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "patch", "sudo"] }'

let server: Server
let made = 0
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
})
afterAll(() => server.remove())

let name = ''
let shares: readonly string[] = []
/** Of the namespace itself. */
let token = ''
beforeEach(async () => {
  name = `tenant-${++made}`
  shares = await make(name)
  await unseal(name, shares)
  await call('POST', 'sys/policies/acl/admin', { body: { policy: ADMIN } }, name)
  await call('POST', 'sys/mounts/kv', { body: { type: 'kv' } }, name)
  const made_ = await call('POST', 'auth/token/create', { body: { policies: ['admin'], no_parent: true } }, name)
  token = String(at(made_.body, 'auth', 'client_token'))
  await call('POST', 'kv/x', { body: { v: 1 }, token }, name)
})

function call(method: string, where: string, options: CallOptions = {}, namespace = ''): Promise<Reply> {
  return server.call(method, where, { ...options, headers: { ...options.headers, 'X-Vault-Namespace': namespace } })
}

async function make(path: string, parent = ''): Promise<readonly string[]> {
  const reply = await call('POST', `sys/namespaces/${path}`, { body: { seal: SEAL } }, parent)
  expect(reply.status).toBe(200)
  expect(at(reply.body, 'data', 'key_threshold')).toBe(2)
  return at(reply.body, 'data', 'key_shares') as unknown as readonly string[]
}

async function unseal(path: string, given: readonly string[], parent = ''): Promise<Reply> {
  let last: Reply | undefined
  for (const key of given.slice(0, 2))
    last = await call('POST', `sys/namespaces/${path}/unseal`, { body: { key } }, parent)
  if (last === undefined) throw new Error('no shares')
  return last
}

const seal = async (path: string, parent = '') => (await call('POST', `sys/namespaces/${path}/seal`, {}, parent)).status

const status = async (path: string, parent = '') =>
  at((await call('GET', `sys/namespaces/${path}/seal-status`, {}, parent)).body, 'data') as Record<string, unknown>

const SEALED = [503, ['namespace is sealed']]
const answer = ({ status: code, body }: Reply) => [code, at(body, 'errors')]

describe('while a namespace is sealed', () => {
  test('nothing is answered in it, by whatever way or token, and all is there once its shares are given', async () => {
    expect((await call('GET', 'kv/x', { token }, name)).status).toBe(200)
    expect(await seal(name)).toBe(204)
    for (const [method, where, options, namespace] of [
      ['GET', 'kv/x', { token }, name],
      ['GET', `${name}/kv/x`, { token }, ''],
      ['GET', `${name}/kv/x`, {}, ''],
      ['GET', 'kv/x', { token: 'none' }, name],
      ['POST', 'auth/token/lookup-self', { token }, name],
      ['POST', 'auth/userpass/login/mallory', { token: '', body: { password: 'x' } }, name],
      ['GET', 'sys/mounts', {}, name],
      ['LIST', 'sys/namespaces', {}, name],
      ['POST', 'sys/namespaces/child', {}, name],
      ['GET', 'pki/acme/directory', { token: '' }, name],
      ['GET', 'nothing/there', {}, `${name}/child`],
    ] as const) {
      const expected = namespace.includes('/') ? [404, ['namespace not found']] : SEALED
      expect(answer(await call(method, where, options, namespace)), `${method} ${where}`).toEqual(expected)
    }
    expect(await status(name)).toEqual({
      type: 'shamir',
      initialized: true,
      sealed: true,
      t: 2,
      n: 3,
      progress: 0,
      nonce: '',
    })
    expect(answer(await call('DELETE', `sys/namespaces/${name}`))).toEqual(SEALED)
    expect((await call('GET', `sys/namespaces/${name}`)).status).toBe(200)
    expect((await call('GET', 'sys/mounts')).status).toBe(200)
    expect(await seal(name)).toBe(204)
    expect(at((await unseal(name, shares)).body, 'data', 'sealed')).toBe(false)
    const read = await call('GET', 'kv/x', { token }, name)
    expect([read.status, at(read.body, 'data', 'v')]).toEqual([200, 1])
  })

  test('wrong shares are counted and refused whole; right ones open it then', async () => {
    await seal(name)
    const others = await make(`${name}-other`)
    const [first = '', second = ''] = shares
    const give = (key: string) => call('POST', `sys/namespaces/${name}/unseal`, { body: { key } })
    // Two shares with one coordinate, their last byte, are refused in other words.
    const foreign = others.find((share) => share.slice(-2) !== first.slice(-2)) ?? ''
    const given = await give(first)
    expect(at(given.body, 'data')).toMatchObject({ sealed: true, progress: 1 })
    expect(await status(name)).toMatchObject({ progress: 1, nonce: at(given.body, 'data', 'nonce') })
    expect(answer(await give(foreign))).toEqual([400, ['Unseal failed, invalid key']])
    expect(await status(name)).toMatchObject({ sealed: true, progress: 0, nonce: '' })
    expect(answer(await give(''))).toEqual([400, ['provided key is empty']])
    expect(answer(await give('zz'))).toEqual([400, ["'key' must be a valid hex or base64 string"]])
    await give(first)
    const reset = await call('POST', `sys/namespaces/${name}/unseal`, { body: { reset: true } })
    expect(at(reset.body, 'data')).toMatchObject({ sealed: true, progress: 0 })
    // Base64 is taken too.
    await give(Buffer.from(first, 'hex').toString('base64'))
    expect(at((await give(second)).body, 'data')).toMatchObject({ sealed: false, progress: 0 })
  })

  test('a restart seals it, whatever became of the server; the shares open it', async () => {
    await (made % 2 === 0 ? server.stop() : server.kill9())
    await server.start()
    await server.unseal()
    expect(answer(await call('GET', 'kv/x', { token }, name))).toEqual(SEALED)
    await unseal(name, shares)
    expect((await call('GET', 'kv/x', { token }, name)).status).toBe(200)
  })

  test('those below it are out of reach too, and need their own shares besides', async () => {
    await call('POST', 'sys/namespaces/plain', {}, name)
    const own = await make('own', name)
    await unseal('own', own, name)
    for (const below of ['plain', 'own']) {
      await call('POST', 'sys/mounts/kv', { body: { type: 'kv' } }, `${name}/${below}`)
      await call('POST', 'kv/x', { body: { below } }, `${name}/${below}`)
    }
    const read = (below: string) => call('GET', 'kv/x', {}, `${name}/${below}`)
    expect(await Promise.all(['plain', 'own'].map(async (below) => (await read(below)).status))).toEqual([200, 200])
    await seal(name)
    for (const below of ['plain', 'own']) expect(answer(await read(below))).toEqual(SEALED)
    expect(answer(await call('GET', 'sys/namespaces/own/seal-status', {}, name))).toEqual(SEALED)
    const scanned = at((await call('SCAN', 'sys/namespaces')).body, 'data', 'keys') as unknown as string[]
    expect(scanned).toContain(`${name}/`)
    expect(scanned.filter((path) => path.startsWith(`${name}/`))).toEqual([`${name}/`])
    await unseal(name, shares)
    expect(at((await read('plain')).body, 'data', 'below')).toBe('plain')
    expect(answer(await read('own'))).toEqual(SEALED)
    expect(await status('own', name)).toMatchObject({ sealed: true })
    await unseal('own', own, name)
    expect(at((await read('own')).body, 'data', 'below')).toBe('own')
  })

  test("an AWS client's request with a credential of it is refused as one that may be sent again", async () => {
    await call('POST', 'sys/mounts/kms', { body: { type: 'kms' } }, name)
    const credential = await call('POST', 'kms/aws-credentials', { body: { policies: ['admin'] }, token }, name)
    const accessKeyId = String(at(credential.body, 'data', 'access_key_id'))
    const secret = String(at(credential.body, 'data', 'secret_access_key'))
    const asked = { accessKeyId, secret, region: 'us-east-1', service: 'kms', operation: 'ListKeys', body: '{}' }
    const ask = () =>
      send(server.address, signed(server.address, { ...asked, timeMs: Date.now(), signedHeaders: ALWAYS, headers: {} }))
    expect(await ask()).toMatchObject({ status: 200 })
    await seal(name)
    expect(await ask()).toMatchObject({ status: 503, body: { __type: 'ServiceUnavailableException' } })
    await unseal(name, shares)
    expect(await ask()).toMatchObject({ status: 200 })
  })

  test('a token from above that left something in it is revoked all the same', async () => {
    const above = await call('POST', 'auth/token/create', { body: { policies: ['root'] } })
    const parent = String(at(above.body, 'auth', 'client_token'))
    await call('POST', 'auth/token/create', { token: parent, body: { policies: ['admin'] } }, name)
    await seal(name)
    expect((await call('POST', 'auth/token/revoke', { body: { token: parent } })).status).toBe(204)
    expect((await call('GET', 'auth/token/lookup-self', { token: parent })).status).toBe(403)
    await unseal(name, shares)
    expect((await call('GET', 'kv/x', { token: parent }, name)).status).toBe(403)
    expect((await call('GET', 'kv/x', { token }, name)).status).toBe(200)
  })
})

describe('who may', () => {
  async function tokenWith(policy: string): Promise<string> {
    await call('POST', 'sys/policies/acl/limited', { body: { policy } })
    const reply = await call('POST', 'auth/token/create', { body: { policies: ['limited'] } })
    return String(at(reply.body, 'auth', 'client_token'))
  }

  test('seal and unseal is what the policy of the namespace above says; another tenant can do nothing', async () => {
    const path = `sys/namespaces/${name}`
    const limited = await tokenWith(
      `path "${path}/seal-status" { capabilities = ["read"] }\npath "${path}/seal" { capabilities = ["update"] }`,
    )
    expect((await call('GET', `${path}/seal-status`, { token: limited })).status).toBe(200)
    expect((await call('POST', `${path}/unseal`, { token: limited, body: { key: shares[0] } })).status).toBe(403)
    expect((await call('POST', `${path}/seal`, { token: limited })).status).toBe(204)
    const stranger = `${name}-stranger`
    await call('POST', `sys/namespaces/${stranger}`)
    await call('POST', 'sys/policies/acl/admin', { body: { policy: ADMIN } }, stranger)
    const reply = await call('POST', 'auth/token/create', { body: { policies: ['admin'], no_parent: true } }, stranger)
    const other = String(at(reply.body, 'auth', 'client_token'))
    for (const [method, what] of [
      ['GET', 'seal-status'],
      ['POST', 'unseal'],
      ['POST', 'seal'],
      ['DELETE', 'delete-sealed'],
    ] as const) {
      const options = { token: other, body: { key: shares[0] } }
      expect((await call(method, `${path}/${what}`, options)).status).toBe(403)
      // In its own namespace there is none of that name.
      const inside = await call(method, `${path}/${what}`, options, stranger)
      expect([inside.status, at(inside.body, 'warnings')]).toEqual(
        method === 'DELETE' ? [200, ['requested namespace does not exist']] : [404, undefined],
      )
    }
  })

  test('delete it without its shares is who has sudo; all that lay in and below it is gone', async () => {
    const path = `sys/namespaces/${name}/delete-sealed`
    expect(answer(await call('DELETE', path))).toEqual([400, ['namespace is not sealed']])
    await call('POST', 'sys/namespaces/child', {}, name)
    await call('POST', 'sys/mounts/kv', { body: { type: 'kv' } }, `${name}/child`)
    await call('POST', 'kv/x', { body: { below: 1 } }, `${name}/child`)
    await seal(name)
    const limited = await tokenWith(`path "${path}" { capabilities = ["delete"] }`)
    expect((await call('DELETE', path, { token: limited })).status).toBe(403)
    const refused = await call('DELETE', path)
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('has leftover child namespaces')])
    expect(at((await call('DELETE', `${path}?force=true`)).body, 'data', 'status')).toBe('in-progress')
    expect(answer(await call('GET', 'kv/x', {}, `${name}/child`))).toEqual([404, ['namespace not found']])
    await expect.poll(async () => (await call('GET', `sys/namespaces/${name}`)).status).toBe(404)
    expect((await call('POST', `sys/namespaces/${name}`)).status).toBe(200)
    expect(answer(await call('GET', 'kv/x', {}, `${name}/child`))).toEqual([404, ['namespace not found']])
    const check = await call('GET', 'sys/storage/check')
    expect(check.text).toContain('"damaged":0')
  })
})

test('a check of the storage counts entries of sealed namespaces, and calls none of them damaged', async () => {
  await call('POST', 'sys/namespaces/below', {}, name)
  const sealedEntries = async () => {
    const lines = (await call('GET', 'sys/storage/check')).text.trim().split('\n')
    const last = JSON.parse(lines.at(-1) ?? '') as { done: boolean; damaged: number; sealed: number }
    expect(last).toMatchObject({ done: true, damaged: 0 })
    expect(lines.some((line) => line.includes('"problem"'))).toBe(false)
    return last.sealed
  }
  const before = await sealedEntries()
  await seal(name)
  expect(await sealedEntries()).toBeGreaterThan(before)
  await unseal(name, shares)
  expect(await sealedEntries()).toBe(before)
})

test('no share stands in the audit log', async () => {
  await seal(name)
  await unseal(name, shares)
  const log = readFileSync(server.auditFile, 'utf8')
  expect(log).toContain(`sys/namespaces/${name}/unseal`)
  for (const share of shares) {
    expect(log).not.toContain(share)
    expect(log).not.toContain(Buffer.from(share, 'hex').toString('base64'))
  }
})
