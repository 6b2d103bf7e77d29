import { beforeEach, describe, expect, test } from 'vitest'
import type { Operation } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { json } from '../../../storage/codec.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { pemOf, signer } from '../../auth/jwks/testing-tokens.ts'
import { jwt } from '../../auth/jwt/index.ts'
import { userpass } from '../../auth/userpass/index.ts'
import { RateLimited } from './quotas.ts'

let world: TestNamespace
beforeEach(async () => {
  world = await TestNamespace.create()
  for (const namespace of ['', 'a/']) {
    await world.call('update', `${namespace}sys/mounts/kv`, { type: 'kv' }).catch(() => undefined)
  }
  await world.call('update', 'sys/namespaces/a')
  await world.call('update', 'sys/namespaces/b', {}, { namespace: 'a/' })
  await world.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace: 'a/' })
})

interface Asking {
  readonly operation?: Operation
  readonly namespace?: string
  readonly from?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly isWhole?: boolean
}

async function admit(path: string, asking: Asking = {}): Promise<readonly string[] | undefined> {
  const { operation = 'read', namespace = '', from = '192.0.2.1', data = {}, isWhole = false } = asking
  const request = {
    id: 'request',
    namespace,
    operation,
    path,
    data,
    token: undefined,
    wrapTtlSeconds: undefined,
    connection: { remoteAddress: from, remotePort: 1, tls: true },
    headers: {},
    protocol: 'rest',
    signal: undefined,
  } as const
  return world.namespaces.admit(request, isWhole)
}

/** How many of ten requests are let in. */
async function letIn(path: string, asking: Asking = {}): Promise<number> {
  let count = 0
  for (let n = 0; n < 10; n++) {
    try {
      await admit(path, asking)
      count++
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimited)
    }
  }
  return count
}

const limit = (name: string, data: object) => world.call('update', `sys/quotas/rate-limit/${name}`, data)

describe('rate limits', () => {
  test('are written, read, listed and deleted; the closest one holds', async () => {
    await limit('all', { rate: 7 })
    await limit('a', { rate: '6', path: 'a', interval: '1m', block_interval: '2m' })
    await limit('mount', { rate: 5, path: 'a/kv' })
    await limit('path', { rate: 4.4, path: 'a/kv/x/*' })
    expect(await world.data('read', 'sys/quotas/rate-limit/a')).toEqual({
      type: 'rate-limit',
      name: 'a',
      path: 'a',
      role: '',
      rate: 6,
      interval: 60,
      block_interval: 120,
      inheritable: false,
    })
    expect(await world.data('read', 'sys/quotas/rate-limit/all')).toMatchObject({ inheritable: true, path: '' })
    expect((await world.data('list', 'sys/quotas/rate-limit')).keys).toEqual(['a', 'all', 'mount', 'path'])
    expect(await letIn('kv/x')).toBe(7)
    expect(await letIn('a/sys/mounts')).toBe(6)
    expect(await letIn('kv/y', { namespace: 'a/' })).toBe(5)
    expect(await letIn('a/kv/x/1')).toBe(4)
    // What is not passed on is not for those below; root's is.
    expect(await letIn('a/b/kv/x', { from: '192.0.2.2' })).toBe(7)
    await limit('a', { rate: 3, path: 'a', inheritable: true })
    expect(await letIn('a/b/kv/x', { from: '192.0.2.2' })).toBe(3)
    await world.call('delete', 'sys/quotas/rate-limit/mount')
    expect(await world.refusal('read', 'sys/quotas/rate-limit/mount')).toBe('not_found: ')
  })

  test('count each address for itself, forget after the interval, and block for as long as they say', async () => {
    await limit('all', { rate: 2, interval: 10, block_interval: 60 })
    await world.call('update', 'sys/quotas/config', { enable_rate_limit_response_headers: true })
    expect(await admit('kv/x')).toEqual([
      ...['X-Ratelimit-Limit', '2', 'X-Ratelimit-Remaining', '1', 'X-Ratelimit-Reset', '10'],
    ])
    await admit('kv/x')
    await expect(admit('kv/x')).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'request path "kv/x": rate limit quota exceeded',
      retryAfterSeconds: 60,
    })
    await admit('kv/x', { from: '192.0.2.9' })
    world.pass(30)
    await expect(admit('kv/x')).rejects.toMatchObject({ retryAfterSeconds: 30 })
    world.pass(30)
    await admit('kv/x')
  })

  test('leave alone what opens the vault and tells how it is, and what the configuration names', async () => {
    await limit('all', { rate: 1 })
    expect(await letIn('sys/health')).toBe(10)
    const names = { rate_limit_exempt_paths: ['kv/free/*'] }
    await world.call('update', 'sys/quotas/config', names)
    expect(await world.data('read', 'sys/quotas/config')).toEqual({
      rate_limit_exempt_paths: ['kv/free/*'],
      enable_rate_limit_audit_logging: false,
      enable_rate_limit_response_headers: false,
    })
    expect(await letIn('kv/free/x')).toBe(10)
    expect(await letIn('sys/health')).toBe(1)
  })

  test.each([
    ['kv/free', ['kv/free', 'kv/free/x', 'kv/free/x/y'], ['kv/freed', 'kv/x', 'kv']],
    ['kv/free/', ['kv/free/x'], ['kv/free', 'kv/freed']],
    ['kv/fr*', ['kv/fr', 'kv/freed', 'kv/free/x'], ['kv/f']],
    ['auth/door', ['auth/door/login'], ['auth/doors/login']],
  ])('leave alone %s and what lies below it, and no other name that begins so', async (exempt, free, counted) => {
    await limit('all', { rate: 1 })
    await world.call('update', 'sys/quotas/config', { rate_limit_exempt_paths: [exempt] })
    for (const path of free) expect([path, await letIn(path)]).toEqual([path, 10])
    for (const path of counted) expect([path, await letIn(path)]).not.toEqual([path, 10])
  })

  test('of a namespace that is gone are not for one that gets its name', async () => {
    await limit('b', { rate: 1, path: 'a/b' })
    expect(await letIn('a/b/kv/x')).toBe(1)
    await world.call('delete', 'sys/namespaces/b', {}, { namespace: 'a/' })
    const isGone = () => world.refusal('read', 'sys/namespaces/b', {}, { namespace: 'a/' }).catch(() => '')
    await expect.poll(isGone).toContain('not_found')
    await world.call('update', 'sys/namespaces/b', {}, { namespace: 'a/' })
    expect(await letIn('a/b/kv/x')).toBe(10)
  })

  test.each([
    [{}, "'rate' is invalid"],
    [{ rate: 0 }, "'rate' is invalid"],
    [{ rate: -1 }, "'rate' is invalid"],
    [{ rate: 'many' }, 'expected a number'],
    [{ rate: 1, path: 'none/x' }, 'invalid mount path "none/x/"'],
    [{ rate: 1, interval: -1 }, "'interval' is invalid"],
    [{ rate: 1, block_interval: -1 }, "'block' is invalid"],
    [{ rate: 1, role: 'r' }, 'needs the path of an auth method'],
    [{ rate: 1, role: 'r', path: 'kv' }, 'is not a valid auth method'],
    [{ rate: 1, role: 'r', path: 'auth/token' }, 'does not support use with role-based quotas'],
    [{ rate: 1, type: 'other' }, "'type' is invalid"],
  ])('refuse %j', async (data, why) => {
    expect(await world.refusal('update', 'sys/quotas/rate-limit/x', data)).toContain(why)
  })

  test('go along with a mount that is moved, and so do lease counts', async () => {
    await limit('mount', { path: 'kv', rate: 2 })
    await limit('path', { path: 'kv/x', rate: 1 })
    await limit('other', { path: 'creds', rate: 3 })
    await limit('below', { path: 'a/kv', rate: 4 })
    await world.call('update', 'sys/quotas/lease-count/leases', { path: 'kv', max_leases: 1 })
    await world.call('update', 'sys/remount', { from: 'kv', to: 'moved/kv' })
    expect([await letIn('moved/kv/y'), await letIn('moved/kv/x'), await letIn('creds/user')]).toEqual([2, 1, 3])
    expect(await letIn('kv/y', { namespace: 'a/' })).toBe(4)
    const paths = ['mount', 'path', 'other', 'below'].map((name) => world.data('read', `sys/quotas/rate-limit/${name}`))
    expect((await Promise.all(paths)).map(({ path }) => path)).toEqual(['moved/kv/', 'moved/kv/x', 'creds', 'a/kv'])
    expect(await world.data('read', 'sys/quotas/lease-count/leases')).toMatchObject({ path: 'moved/kv/' })
  })

  test('go along with a mount of a namespace, whose own people may move it', async () => {
    await limit('mount', { path: 'a/kv', rate: 2 })
    await limit('path', { path: 'a/kv/x', rate: 1 })
    await limit('root', { path: 'kv', rate: 3 })
    await world.call('update', 'sys/remount', { from: 'kv', to: 'moved/kv' }, { namespace: 'a/' })
    expect([await letIn('a/moved/kv/y'), await letIn('a/moved/kv/x'), await letIn('kv/y')]).toEqual([2, 1, 3])
    const paths = ['mount', 'path', 'root'].map((name) => world.data('read', `sys/quotas/rate-limit/${name}`))
    expect((await Promise.all(paths)).map(({ path }) => path)).toEqual(['a/moved/kv/', 'a/moved/kv/x', 'kv'])
  })

  test('are one for each place, and root’s affair', async () => {
    await limit('one', { rate: 1, path: 'kv' })
    const twin = await world.refusal('update', 'sys/quotas/rate-limit/two', { rate: 2, path: 'kv/' })
    expect(twin).toContain('quota rule with similar properties exists under the name "one"')
    const below = await world.refusal('update', 'sys/quotas/rate-limit/x', { rate: 1 }, { namespace: 'a/' })
    expect(below).toContain('only available in root namespace')
  })
})

describe('limits of names whose case means nothing', () => {
  beforeEach(async () => {
    world = await TestNamespace.create({ engines: [jwt, userpass] })
    await world.call('update', 'sys/auth/userpass', { type: 'userpass' })
    await world.call('update', 'sys/auth/jwt', { type: 'jwt' })
  })

  const login = (data: object): Promise<number> =>
    letIn('auth/jwt/login', { operation: 'update', isWhole: true, data: data as Asking['data'] & object })

  test.each([
    ['as it is kept', 'auth/userpass/login/alice'],
    ['in capitals', 'auth/userpass/login/ALICE'],
    ['by its beginning', 'auth/userpass/login/Al*'],
  ])('a path that names a user %s holds for all spellings together', async (_, path) => {
    await limit('mount', { path: 'auth/userpass', rate: 9 })
    await limit('user', { path, rate: 2 })
    for (const name of ['alice', 'Alice', 'aLICE', 'ALICE/']) {
      expect(await letIn(`auth/userpass/login/${name}`, { operation: 'update' }), name).toBe(name === 'alice' ? 2 : 0)
    }
    expect(await letIn('auth/userpass/login/Bob', { operation: 'update' })).toBe(9)
  })

  test('two limits of one user are one too many', async () => {
    await limit('one', { path: 'auth/userpass/login/alice', rate: 2 })
    const other = { path: 'auth/userpass/login/Alice', rate: 9 }
    expect(await world.refusal('update', 'sys/quotas/rate-limit/two', other)).toContain('under the name "one"')
  })

  test('elsewhere capitals are another path', async () => {
    await world.call('update', 'sys/mounts/kv', { type: 'kv' })
    await limit('path', { path: 'kv/App', rate: 1 })
    expect([await letIn('kv/App'), await letIn('kv/app'), await letIn('kv/APP')]).toEqual([1, 10, 10])
  })

  test.each([
    ['ci', [{ role: 'ci' }, { role: 'CI' }, { role: 'Ci' }]],
    ['CI', [{ role: 'ci' }, { role: 'CI' }]],
    ['7', [{ role: '7' }, { role: 7 }]],
  ])('a limit for the role %s holds for all spellings together', async (role, spellings) => {
    await limit('role', { path: 'auth/jwt', role, rate: 2 })
    let count = 0
    for (const data of spellings) count += await login(data)
    expect(count).toBe(2)
    expect(await login({ role: 'other' })).toBe(10)
  })

  test('a login without a role is one of the default role', async () => {
    const keys = [pemOf(signer('one'))]
    await world.call('update', 'auth/jwt/config', { jwt_validation_pubkeys: keys, default_role: 'ci' })
    await limit('role', { path: 'auth/jwt', role: 'ci', rate: 2 })
    expect((await login({ role: '' })) + (await login({})) + (await login({ role: null }))).toBe(2)
    expect(await login({ role: 'other' })).toBe(10)
  })
})

describe('lease counts', () => {
  test('bound the leases of a mount, and what was made in vain is taken back', async () => {
    const data = { path: 'creds', max_leases: 3 }
    await world.call('update', 'sys/quotas/lease-count/few', data)
    expect(await world.data('read', 'sys/quotas/lease-count/few')).toMatchObject({ ...data, inheritable: false })
    const made = await Promise.all([1, 2, 3].map(() => world.call('read', 'creds/user')))
    expect(await world.refusal('read', 'creds/user')).toBe('rate_limited: lease count quota exceeded')
    expect(world.credentials.out.size).toBe(3)
    await world.call('update', 'sys/leases/revoke', { lease_id: made[0]?.leaseId })
    world.pass(20)
    await world.call('read', 'creds/user')
    await world.call('delete', 'sys/quotas/lease-count/few')
    await world.call('read', 'creds/user')
  })

  test('of a namespace bound its tokens too, and no others', async () => {
    await world.call('update', 'sys/quotas/lease-count/a', { path: 'a', max_leases: 2 })
    await world.call('update', 'sys/policies/acl/p', { policy: 'path "x" {}' }, { namespace: 'a/' })
    const make = () => world.token({ policies: ['p'] }, { namespace: 'a/' })
    await make()
    await make()
    const refused = await make().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(EgideError)
    expect(refused).toMatchObject({ code: 'rate_limited' })
    await world.token({ policies: ['default'] })
  })

  const refusals = async (making: readonly Promise<unknown>[]): Promise<number> => {
    const outcomes = await Promise.all(
      making.map((one) =>
        one.then(
          () => undefined,
          (error: EgideError) => error.code,
        ),
      ),
    )
    const refused = outcomes.filter((code) => code !== undefined)
    expect(new Set(refused)).toEqual(new Set(refused.length === 0 ? [] : ['rate_limited']))
    return refused.length
  }

  test.each([1, 3, 40])('of %i hold when many leases are asked for at once', async (max) => {
    await world.call('update', 'sys/quotas/lease-count/few', { path: 'creds', max_leases: max })
    expect(await refusals(Array.from({ length: 60 }, () => world.call('read', 'creds/user')))).toBe(60 - max)
    expect(world.credentials.out.size).toBe(max)
    expect(await world.rows('leases/id/creds/')).toHaveLength(max)
  })

  test('of a namespace hold when many tokens are asked for at once', async () => {
    await world.call('update', 'sys/quotas/lease-count/a', { path: 'a', max_leases: 5 })
    const make = () => world.token({ policies: ['p'] }, { namespace: 'a/' })
    expect(await refusals(Array.from({ length: 30 }, make))).toBe(25)
  })

  test('count what waits for whoever unwraps it', async () => {
    await world.call('update', 'kv/x', { a: 1 })
    await world.call('update', 'sys/quotas/lease-count/kv', { path: 'kv', max_leases: 2 })
    const wrapped = () => world.call('read', 'kv/x', {}, { wrapTtlSeconds: 60 })
    const { wrapInfo } = await wrapped()
    await wrapped()
    expect(await world.refusal('read', 'kv/x', {}, { wrapTtlSeconds: 60 })).toBe(
      'rate_limited: lease count quota exceeded',
    )
    await world.call('read', 'kv/x')
    await world.call('update', 'sys/wrapping/unwrap', {}, { token: wrapInfo?.token })
    await wrapped()
  })

  test('take back what was to be wrapped and may not be', async () => {
    await world.call('update', 'sys/quotas/lease-count/creds', { path: 'creds', max_leases: 1 })
    await world.call('update', 'sys/quotas/lease-count/door', { path: 'auth/door', max_leases: 1 })
    await world.call('update', 'sys/quotas/lease-count/token', { path: 'auth/token', max_leases: 1 })
    for (const [operation, path] of [
      ['read', 'creds/user'],
      ['update', 'auth/door/login'],
      ['update', 'auth/token/create'],
      ['update', 'auth/token/create-orphan'],
    ] as const) {
      expect(await world.refusal(operation, path, {}, { wrapTtlSeconds: 60 })).toContain('lease count quota exceeded')
    }
    await world.sweep()
    expect(world.credentials.out.size).toBe(0)
    expect(await world.rows('leases/id/')).toEqual([])
  })

  test('leave a token that was renewed as it is when the answer may not be wrapped', async () => {
    const token = await world.token({ policies: ['default'] })
    await world.call('update', 'sys/quotas/lease-count/token', { path: 'auth/token', max_leases: 1 })
    expect(await world.refusal('update', 'auth/token/renew', { token }, { wrapTtlSeconds: 60 })).toContain(
      'lease count quota exceeded',
    )
    expect(await world.isValid(token)).toBe(true)
  })

  test('of a path that ends in * count what begins with it, and no more', async () => {
    await world.call('update', 'sys/mounts/more', { type: 'creds' })
    await world.call('update', 'sys/quotas/lease-count/us', { path: 'creds/us*', max_leases: 2 })
    await world.call('update', 'kv/x', { a: 1 })
    for (const path of ['creds/other', 'creds/u', 'creds/ut', 'more/user']) {
      await world.namespace.store.transaction(async (tx) => tx.put(`leases/id/${path}/made`, {}, json<object>()))
    }
    await world.call('read', 'creds/user')
    await world.call('read', 'creds/user')
    expect(await world.refusal('read', 'creds/user')).toBe('rate_limited: lease count quota exceeded')
  })
})
