import { beforeEach, describe, expect, test } from 'vitest'
import { type CallOptions, TestNamespace } from '../../../test/core/test-namespace.ts'

/** Namespaces as callers see them: what is in one, who gets in, and what is left when one goes. */

let world: TestNamespace
beforeEach(async () => {
  world = await TestNamespace.create()
})

const ADMIN = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "scan", "patch", "sudo"] }'

async function make(path: string): Promise<Record<string, unknown>> {
  const parts = path.split('/')
  const name = parts.pop()
  return world.data('update', `sys/namespaces/${name}`, {}, { namespace: parts.map((part) => `${part}/`).join('') })
}

/** A namespace with a policy `admin`, a KV store `kv/`, and a token that may do everything in it. */
async function tenant(path: string): Promise<Tenant> {
  const info = await make(path)
  const namespace = `${path}/`
  await world.call('update', 'sys/policies/acl/admin', { policy: ADMIN }, { namespace })
  await world.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace })
  await world.call('update', 'sys/mounts/creds', { type: 'creds' }, { namespace })
  const made = await world.call('update', 'auth/token/create', { policies: ['admin'], no_parent: true }, { namespace })
  if (made.auth === null) throw new Error('no token')
  const { clientToken: token, accessor } = made.auth
  return { id: String(info.id), namespace, token, accessor, as: { namespace, token } }
}

interface Tenant {
  readonly id: string
  readonly namespace: string
  readonly token: string
  readonly accessor: string
  readonly as: CallOptions
}

describe('the namespaces of a vault', () => {
  test('are made, read, changed, listed and scanned where they lie', async () => {
    const made = await world.data('update', 'sys/namespaces/a', { custom_metadata: { team: 'red' } })
    expect(made).toMatchObject({ path: 'a/', tainted: false, locked: false, custom_metadata: { team: 'red' } })
    expect(made.id).toMatch(/^[0-9A-Za-z]{6}$/)
    await make('a/b')
    await make('c')
    expect((await world.data('list', 'sys/namespaces')).keys).toEqual(['a/', 'c/'])
    const scanned = await world.data('scan', 'sys/namespaces')
    expect(scanned.keys).toEqual(['a/', 'a/b/', 'c/'])
    expect((await world.data('scan', 'sys/namespaces', { after: 'a/', limit: 1 })).keys).toEqual(['a/b/'])
    expect(scanned.key_info).toMatchObject({ 'a/': { id: made.id }, 'a/b/': { path: 'a/b/' } })
    expect((await world.data('list', 'sys/namespaces', {}, { namespace: 'a/' })).keys).toEqual(['b/'])
    expect((await world.data('list', 'sys/policies/acl', {}, { namespace: 'a/' })).keys).toEqual(['default'])
    expect(await world.data('read', 'a/sys/namespaces/b')).toMatchObject({ path: 'a/b/', custom_metadata: {} })
    const patch = { custom_metadata: { team: null, tier: '1' } }
    expect((await world.data('patch', 'sys/namespaces/a', patch)).custom_metadata).toEqual({ tier: '1' })
    expect((await world.data('patch', 'sys/namespaces/a', { custom_metadata: null })).custom_metadata).toEqual({})
    expect((await world.data('update', 'sys/namespaces/a', { custom_metadata: { x: 'y' } })).id).toBe(made.id)
    expect((await world.data('patch', 'sys/namespaces/a', {})).custom_metadata).toEqual({ x: 'y' })
    expect(await world.refusal('patch', 'sys/namespaces/none', patch)).toBe('not_found: namespace not found')
    expect(await world.refusal('read', 'sys/namespaces/none')).toBe('not_found: ')
    expect(await world.refusal('list', 'sys/namespaces', {}, { namespace: 'c/' })).toBe('not_found: ')
  })

  test('begin with their own system, cubbyhole, identity and tokens, and nothing else', async () => {
    await make('a')
    const { secret, auth } = await world.data('read', 'a/sys/internal/ui/mounts')
    expect([Object.keys(secret as object), Object.keys(auth as object)]).toEqual([
      ['sys/', 'cubbyhole/', 'identity/'],
      ['token/'],
    ])
    expect(await world.refusal('read', 'a/secret/data/x')).toContain('no handler for route "secret/data/x"')
  })

  test.each([
    'root',
    'Root',
    'ROOT',
    'sys',
    'audit',
    'auth',
    'cubbyhole',
    'identity',
    'ｓｙｓ',
    '.',
    '..',
    '...',
    'a b',
    'a\u00a0b',
    'a+',
    '*',
    'a%2f',
    'a\\b',
    'a\u0000',
    'a\u202e',
    'a\u200b',
    '\ud800',
    'e\u0301',
    'a/b',
    'x'.repeat(129),
  ])('has none called %j', async (name) => {
    const refusal = await world.refusal('update', `sys/namespaces/${name}`)
    expect(refusal).toMatch(/^invalid_request: /)
    expect(await world.refusal('list', 'sys/namespaces')).toBe('not_found: ')
  })

  test('nest to a depth that is bounded', async () => {
    for (let depth = 1; depth <= 8; depth++) await make('abcdefgh'.slice(0, depth).split('').join('/'))
    await expect(make('a/b/c/d/e/f/g/h/i')).rejects.toThrow('more than 8 levels')
  })

  test('and mounts keep out of each other’s way', async () => {
    await world.call('update', 'sys/mounts/team/kv', { type: 'kv' })
    expect(await world.refusal('update', 'sys/namespaces/team')).toContain('conflicts with existing mount: team/kv/')
    await make('a')
    expect(await world.refusal('update', 'sys/mounts/a/kv', { type: 'kv' })).toContain('path is already in use at a/')
    const move = { from: 'creds', to: 'a' }
    expect(await world.refusal('update', 'sys/remount', move)).toContain('path is already in use at a/')
  })

  test('are found by header, by path and by both; what is not there is nobody’s', async () => {
    await make('a')
    await make('a/b')
    const path = async (where: string, namespace: string) =>
      (await world.data('read', `${where}sys/namespaces/probe`, {}, { namespace })).path
    await make('a/b/probe')
    expect(await path('', 'a/b/')).toBe('a/b/probe/')
    expect(await path('b/', 'a/')).toBe('a/b/probe/')
    expect(await path('a/b/', '')).toBe('a/b/probe/')
    expect(await world.refusal('read', 'sys/mounts', {}, { namespace: 'a/x/' })).toBe('not_found: namespace not found')
    expect(await world.refusal('read', 'sys/mounts', {}, { namespace: 'b/' })).toBe('not_found: namespace not found')
    expect(await world.refusal('read', 'x/sys/mounts')).toContain('no handler for route')
  })

  test('have nothing of the server', async () => {
    await make('a')
    for (const path of [
      'sys/seal',
      'sys/audit',
      'sys/audit/x',
      'sys/rotate',
      'sys/raw/x',
      'sys/storage/raft/snapshot',
    ]) {
      const message = 'invalid_request: operation only available in root namespace'
      expect(await world.refusal('update', `a/${path}`)).toBe(message)
    }
    expect(await world.refusal('update', 'sys/seal', {}, { namespace: 'a/' })).toContain('unavailable in namespaces')
    expect(await world.refusal('update', 'sys', {}, { namespace: 'a/' })).toContain('only available in root')
  })
})

describe('tokens', () => {
  test('work in their own namespace and below it by policy, never beside or above it', async () => {
    const a = await tenant('a')
    const b = await tenant('b')
    await make('a/sub')
    expect(a.token).toMatch(new RegExp(`^s\\.[0-9A-Za-z]{28}\\.${a.id}$`))
    expect(a.accessor).toMatch(new RegExp(`\\.${a.id}$`))
    await world.call('update', 'kv/x', { v: 'a' }, a.as)
    expect(await world.data('read', 'a/kv/x', {}, { token: a.token })).toEqual({ v: 'a' })
    await world.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace: 'a/sub/', token: a.token })
    await world.call('update', 'a/sub/kv/x', { v: 'sub' }, { token: a.token })
    expect(await world.data('read', 'sub/kv/x', {}, a.as)).toEqual({ v: 'sub' })
    for (const token of [a.token, b.token]) {
      expect(await world.refusal('read', 'sys/mounts', {}, { token })).toBe('permission_denied: permission denied')
    }
    expect(await world.refusal('read', 'kv/x', {}, { ...a.as, token: b.token })).toContain('permission denied')
    const bare = a.token.slice(0, a.token.lastIndexOf('.'))
    for (const token of [bare, `${bare}.${b.id}`, `${bare}.root`, `${a.token}.${a.id}`]) {
      expect(await world.refusal('read', 'kv/x', {}, { ...a.as, token })).toContain('permission denied')
      expect(await world.refusal('read', 'kv/x', {}, { ...b.as, token })).toContain('permission denied')
    }
  })

  test('of a parent reach down only as far as a policy of the parent says', async () => {
    await tenant('a')
    await world.call('update', 'a/kv/x', { v: 1 })
    await world.policy('reads-a', 'path "a/kv/*" { capabilities = ["read"] }')
    await world.policy('not-a', 'path "kv/*" { capabilities = ["read"] }')
    const reader = await world.token({ policies: ['reads-a'] })
    const other = await world.token({ policies: ['not-a'] })
    expect(await world.data('read', 'a/kv/x', {}, { token: reader })).toEqual({ v: 1 })
    expect(await world.refusal('update', 'a/kv/x', { v: 2 }, { token: reader })).toContain('permission denied')
    expect(await world.refusal('read', 'kv/x', {}, { token: other, namespace: 'a/' })).toContain('permission denied')
  })

  test('of a parent make others below only with sudo, never root ones, and take along what they left there', async () => {
    await tenant('a')
    await world.policy(
      'maker',
      'path "a/auth/token/create" { capabilities = ["update", "sudo"] }\npath "a/creds/*" { capabilities = ["read"] }\npath "a/cubbyhole/*" { capabilities = ["create", "update", "read"] }',
    )
    await world.policy('no-sudo', 'path "a/auth/token/create" { capabilities = ["update"] }')
    const maker = await world.token({ policies: ['maker'] })
    const noSudo = await world.token({ policies: ['no-sudo'] })
    const below = (token: string): CallOptions => ({ namespace: 'a/', token })
    const wish = { policies: ['admin'] }
    expect(await world.refusal('update', 'auth/token/create', wish, below(noSudo))).toContain('root or sudo privileges')
    const root = await world.refusal('update', 'auth/token/create', { policies: ['root'] }, below(world.root))
    expect(root).toContain('root tokens may not be created from a parent namespace')
    const child = (await world.call('update', 'auth/token/create', wish, below(maker))).auth?.clientToken ?? ''
    const grandchild = await world.token({ policies: ['default'] }, below(child))
    const batch = await world.token({ policies: ['admin'], type: 'batch' }, below(maker))
    await world.call('update', 'cubbyhole/mine', { v: 1 }, below(maker))
    const lease = (await world.call('read', 'creds/user', {}, below(maker))).leaseId
    expect(lease).toMatch(/^creds\/user\/[0-9A-Za-z]{28}\.[0-9A-Za-z]{6}$/)
    for (const token of [child, grandchild, batch]) await world.call('read', 'auth/token/lookup-self', {}, below(token))
    expect(world.credentials.out.size).toBe(1)
    await world.call('update', 'auth/token/revoke', { token: maker })
    for (const token of [child, grandchild, batch]) {
      expect(await world.refusal('read', 'auth/token/lookup-self', {}, below(token))).toContain('permission denied')
    }
    expect(world.credentials.out.size).toBe(0)
    expect(await world.rows(`tokens/abroad/${world.namespace.issued.tokens.hashOf(maker)}/`)).toEqual([])
    expect(await world.refusal('update', 'sys/leases/lookup', { lease_id: lease }, { namespace: 'a/' })).toContain(
      'lease',
    )
  })

  test('leave nothing behind when they end while they work below', async () => {
    await tenant('a')
    await world.policy('creds', 'path "a/creds/*" { capabilities = ["read"] }')
    const token = await world.token({ policies: ['creds'] })
    world.credentials.whileMaking = () => world.call('update', 'auth/token/revoke', { token })
    expect(await world.refusal('read', 'a/creds/user', {}, { token })).toContain('permission denied')
    world.credentials.whileMaking = async () => undefined
    expect(world.credentials.out.size).toBe(0)
  })

  test('that may be used once are used once, wherever', async () => {
    await tenant('a')
    await world.policy('creds', 'path "a/creds/*" { capabilities = ["read"] }')
    const token = await world.token({ policies: ['creds'], num_uses: 1 })
    expect(await world.refusal('read', 'a/creds/user', {}, { token })).toContain('token had one use left')
    expect(world.credentials.out.size).toBe(0)
    expect(await world.refusal('read', 'a/creds/user', {}, { token })).toContain('permission denied')
  })

  test('for wrapping open where they were made, and nowhere else', async () => {
    const a = await tenant('a')
    const b = await tenant('b')
    await world.call('update', 'kv/x', { v: 'wrapped' }, a.as)
    const { wrapInfo } = await world.call('read', 'kv/x', {}, { ...a.as, wrapTtlSeconds: 60 })
    const token = wrapInfo?.token ?? ''
    expect(token.endsWith(`.${a.id}`)).toBe(true)
    for (const as of [b.as, { token: world.root }]) {
      expect(await world.refusal('update', 'sys/wrapping/unwrap', { token }, as)).toContain('invalid_request')
    }
    expect(await world.refusal('update', 'sys/wrapping/unwrap', {}, { token, namespace: 'b/' })).toContain('invalid')
    expect(await world.data('update', 'sys/wrapping/unwrap', { token }, a.as)).toEqual({ v: 'wrapped' })
  })
})

describe('locking', () => {
  test('shuts a namespace and all below it, until it is unlocked with its key or by sudo', async () => {
    const a = await tenant('a')
    await make('a/sub')
    const { unlock_key } = await world.data('update', 'sys/namespaces/api-lock/lock/a')
    const message =
      'API access to this namespace has been locked by an administrator - "a/" must be unlocked to gain access.'
    expect(await world.refusal('read', 'kv/x', {}, a.as)).toBe(`unavailable: ${message}`)
    expect(await world.refusal('read', 'a/sub/sys/mounts')).toBe(`unavailable: ${message}`)
    expect(await world.data('read', 'sys/namespaces/a')).toMatchObject({ locked: true })
    expect(await world.refusal('update', 'sys/namespaces/api-lock/lock/a')).toContain('is already locked')
    expect(await world.refusal('update', 'sys/namespaces/api-lock/unlock/a', { unlock_key: 'x' })).toContain(
      'incorrect',
    )
    await world.call('update', 'sys/namespaces/api-lock/unlock', { unlock_key }, a.as)
    expect(await world.refusal('read', 'kv/x', {}, a.as)).toBe('not_found: ')
    await world.call('update', 'a/sys/namespaces/api-lock/lock/sub')
    expect(await world.refusal('read', 'a/sub/sys/mounts')).toContain('"a/sub/" must be unlocked')
    const { warnings } = await world.call('update', 'sys/namespaces/api-lock/unlock/a/sub')
    expect(warnings).toEqual(['Namespace unlocked using sudo capabilities'])
    expect(await world.refusal('update', 'sys/namespaces/api-lock/lock')).toContain('root namespace cannot be locked')
  })
})

describe('deletion', () => {
  test('is refused while there are namespaces below', async () => {
    await make('a')
    await make('a/b')
    expect(await world.refusal('delete', 'sys/namespaces/a')).toBe(
      'in_use: unable to delete namespace containing child namespaces',
    )
    expect((await world.call('delete', 'sys/namespaces/none')).warnings).toEqual(['requested namespace does not exist'])
  })

  test('makes everything unreadable at once, then removes it, and frees the name', async () => {
    const a = await tenant('a')
    await world.call('update', 'kv/x', { v: 1 }, a.as)
    const [row] = (await world.backend.list(`ns/${a.id}/mount/`, { recursive: true, after: '', limit: 10 })).names
    expect(row).toBeDefined()
    expect(await world.data('delete', 'sys/namespaces/a')).toEqual({ status: 'in-progress' })
    expect(() => world.keys.cipherFor(a.id)).toThrow('no such namespace')
    expect(await world.refusal('read', 'kv/x', {}, a.as)).toBe('not_found: namespace not found')
    await gone('a')
    expect((await world.backend.list(`ns/${a.id}/`, { recursive: true, after: '', limit: 10 })).names).toEqual([])
    expect(world.keys.lent).toEqual([])
    const again = await tenant('a')
    expect(again.id).not.toBe(a.id)
    expect(await world.refusal('read', 'kv/x', {}, { ...again.as, token: a.token })).toContain('permission denied')
  })

  async function gone(name: string): Promise<void> {
    const refusal = async () => {
      await world.namespace.store.refresh()
      return world.refusal('read', `sys/namespaces/${name}`).catch(() => '')
    }
    await expect.poll(refusal, { interval: 5 }).toMatch(/^not_found/)
  }
})

describe('namespaces that nobody uses', () => {
  test('are closed beyond a bound, give their keys back, and open again', async () => {
    world = await TestNamespace.create({ keptMax: 2 })
    const tenants: Tenant[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const made = await tenant(name)
      tenants.push(made)
      await world.call('update', 'kv/x', { of: name }, made.as)
    }
    expect(world.namespaces.openBelowRoot).toBe(2)
    expect(new Set(world.keys.lent)).toEqual(new Set(tenants.slice(2).map(({ id }) => id)))
    const read = (made: Tenant) => world.data('read', 'kv/x', {}, made.as)
    const answers = await Promise.all([...tenants, ...tenants].map(read))
    expect(answers.map(({ of }) => of)).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'])
    expect(world.namespaces.openBelowRoot).toBeLessThanOrEqual(2)
    world.pass(3600)
    await world.namespaces.closeIdle()
    expect([world.namespaces.openBelowRoot, world.keys.lent]).toEqual([0, []])
  })

  test('still have their tokens and leases ended in time', async () => {
    const a = await tenant('a')
    const short = await world.token({ policies: ['admin'], ttl: '1m' }, a.as)
    await world.call('read', 'creds/user', {}, { ...a.as, token: short })
    world.pass(3600)
    await world.namespaces.closeIdle()
    await world.sweep()
    expect(world.credentials.out.size).toBe(0)
    expect(world.logged).toEqual([])
  })
})

test('what one process does to namespaces holds in the next request of another', async () => {
  const { backend, cipher, clock, credentials } = world
  const other = await TestNamespace.over({ backend, cipher, clock }, credentials)
  other.root = world.root
  for (let round = 0; round < 4; round++) {
    const [here, there] = round % 2 === 0 ? [world, other] : [other, world]
    await here.call('update', 'sys/namespaces/team')
    const namespace = 'team/'
    await there.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace })
    await here.call('update', 'kv/x', { round }, { namespace })
    await there.call('update', 'sys/policies/acl/admin', { policy: ADMIN }, { namespace })
    const token = await here.token({ policies: ['admin'], no_parent: true }, { namespace })
    const as = { namespace, token }
    expect(await there.data('read', 'kv/x', {}, as)).toEqual({ round })
    await there.call('update', 'kv/x', { round: -1 }, as)
    expect(await here.data('read', 'kv/x', {}, as)).toEqual({ round: -1 })
    await here.call('update', 'sys/namespaces/api-lock/lock/team')
    expect(await there.refusal('read', 'kv/x', {}, as)).toContain('must be unlocked')
    await there.call('update', 'sys/namespaces/api-lock/unlock/team')
    expect(await here.data('read', 'kv/x', {}, as)).toEqual({ round: -1 })
    await there.call('delete', 'sys/namespaces/team')
    for (const process of [here, there]) {
      expect(await process.refusal('read', 'kv/x', {}, as)).toBe('not_found: namespace not found')
    }
    const isGone = () => here.refusal('read', 'sys/namespaces/team').catch(() => '')
    await expect.poll(isGone).toBe('not_found: ')
  }
})
