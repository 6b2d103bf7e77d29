import { expect, test } from 'vitest'
import { FaultyBackend } from '../../../storage/faulty.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { TokenRevoker } from './revoker.ts'

/** parent → (left → (leaf, leased), right), each with a lease and a cubbyhole. */
async function tree(namespace: TestNamespace): Promise<string[]> {
  const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
  const left = await namespace.token({ policies: ['root'], ttl: '1h' }, { token: parent })
  const right = await namespace.token({ policies: ['root'], ttl: '1h' }, { token: parent })
  const leaf = await namespace.token({ policies: ['root'], ttl: '1h' }, { token: left })
  const tokens = [parent, left, right, leaf]
  for (const token of tokens) {
    await namespace.call('read', 'creds/user', {}, { token })
    await namespace.call('update', 'cubbyhole/mine', { secret: 'x' }, { token })
  }
  return tokens
}

/** What hangs on tokens other than root's. */
async function leftovers(namespace: TestNamespace): Promise<string[]> {
  const rows = await namespace.rows('')
  const ofRoot = namespace.namespace.issued.tokens.hashOf(namespace.root)
  const cubbyhole = (await namespace.namespace.mounts.at('cubbyhole/'))?.uuid
  return rows.filter((row) => {
    if (row.includes(ofRoot)) return false
    if (row.startsWith('tokens/accessor/')) return false // counted by itself
    return /^(tokens|leases)\//.test(row) || row.startsWith(`mount/${cubbyhole}/`)
  })
}

test('revoking a token ends its children, theirs, their leases and their cubbyholes, and leaves no row', async () => {
  const namespace = await TestNamespace.create()
  const tokens = await tree(namespace)
  expect(namespace.credentials.out.size).toBe(4)

  await namespace.call('update', 'auth/token/revoke', { token: tokens[0] })

  for (const token of tokens) expect(await namespace.isValid(token)).toBe(false)
  expect(namespace.credentials.out.size).toBe(0)
  expect(await leftovers(namespace)).toEqual([])
  expect(await namespace.namespace.issued.tokens.accessors()).toHaveLength(1)
})

test('revoking a child leaves its parent and its sibling', async () => {
  const namespace = await TestNamespace.create()
  const [parent = '', left = '', right = '', leaf = ''] = await tree(namespace)
  await namespace.call('update', 'auth/token/revoke', { token: left })
  const valid = await Promise.all([parent, left, right, leaf].map((token) => namespace.isValid(token)))
  expect(valid).toEqual([true, false, true, false])
})

test('a token that is revoked with its children orphaned leaves them alive, and whole', async () => {
  const namespace = await TestNamespace.create()
  const [parent = '', left = '', right = '', leaf = ''] = await tree(namespace)
  await namespace.call('update', 'auth/token/revoke-orphan', { token: parent })
  const valid = await Promise.all([parent, left, right, leaf].map((token) => namespace.isValid(token)))
  expect(valid).toEqual([false, true, true, true])
  const found = await namespace.data('update', 'auth/token/lookup', { token: left })
  expect(found.orphan).toBe(true)
  expect((await namespace.data('update', 'auth/token/lookup', { token: leaf })).orphan).toBe(false)
  await namespace.call('update', 'auth/token/revoke', { token: left })
  expect(await namespace.isValid(leaf)).toBe(false)
})

for (const fate of ['refused', 'applied, reply lost', 'unreadable'] as const) {
  test(`a revocation that was cut short (${fate}) is finished by the sweeper, whatever it had come to`, async () => {
    let rounds = 0
    for (let nth = 1, fired = true; fired; nth++) {
      const backend = new MemoryBackend()
      const before = await TestNamespace.create({ backend })
      const tokens = await tree(before)
      const { cipher, clock, credentials } = before

      const faulty = new FaultyBackend(backend, nth, fate)
      const outcome = await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
        .then((cut) => cut.call('update', 'auth/token/revoke', { token: tokens[0] }, { token: before.root }))
        .then(
          () => 'done',
          () => 'failed',
        )
      fired = faulty.fired
      rounds++

      const after = await TestNamespace.over({ backend, cipher, clock }, credentials)
      after.root = before.root
      if (outcome === 'failed') {
        const states = await Promise.all(tokens.map((token) => after.isValid(token)))
        // Nothing happened, and the caller was told so; or it is under way, and goes on by itself.
        if (states[0] === true) continue
      }
      after.pass(61)
      await after.sweep()
      for (const token of tokens) expect(await after.isValid(token), `token after fault ${nth}`).toBe(false)
      expect([...credentials.out], `leases after fault ${nth}`).toEqual([])
      expect(await leftovers(after), `rows after fault ${nth}`).toEqual([])
      expect(await after.namespace.issued.tokens.accessors()).toHaveLength(1)
    }
    expect(rounds).toBeGreaterThan(fate === 'unreadable' ? 3 : 10)
  })
}

test('children that are made while their parent is revoked never outlive it', async () => {
  const namespace = await TestNamespace.create()
  for (let round = 0; round < 20; round++) {
    const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
    const makers = Array.from({ length: 8 }, () =>
      namespace.token({ ttl: '1h' }, { token: parent }).catch(() => undefined),
    )
    const [, ...made] = await Promise.all([namespace.call('update', 'auth/token/revoke', { token: parent }), ...makers])
    for (const token of made) if (token !== undefined) expect(await namespace.isValid(token)).toBe(false)
  }
  expect(await leftovers(namespace)).toEqual([])
})

test('children that are made while their parent is revoked alone outlive it', async () => {
  const namespace = await TestNamespace.create()
  const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
  const made: string[] = []
  const child = async (): Promise<boolean> => {
    const token = await namespace.token({ ttl: '1h' }, { token: parent }).catch(() => undefined)
    if (token !== undefined) made.push(token)
    return token !== undefined
  }
  for (let n = 0; n < 4; n++) await child()
  const untilRefused = async () => {
    while (await child());
  }
  await Promise.all([namespace.call('update', 'auth/token/revoke-orphan', { token: parent }), untilRefused()])
  expect(await namespace.isValid(parent)).toBe(false)
  expect(made.length).toBeGreaterThan(4)
  expect(await Promise.all(made.map((token) => namespace.isValid(token)))).not.toContain(false)
})

test('a revocation that spares the children spares them too when the sweeper finishes it', async () => {
  let alone = 0
  for (let nth = 1, fired = true; fired; nth++) {
    const backend = new MemoryBackend()
    const before = await TestNamespace.create({ backend })
    const [parent = '', ...children] = await tree(before)
    const { cipher, clock, credentials, root } = before

    const faulty = new FaultyBackend(backend, nth, 'applied, reply lost')
    await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
      .then((cut) => cut.call('update', 'auth/token/revoke-orphan', { token: parent }, { token: root }))
      .catch(() => undefined)
    fired = faulty.fired

    const after = await TestNamespace.over({ backend, cipher, clock }, credentials)
    after.root = root
    if (!(await after.isValid(parent))) alone++
    after.pass(61)
    await after.sweep()
    for (const token of children) expect(await after.isValid(token), `child after fault ${nth}`).toBe(true)
    expect(await after.rows('tokens/revoking/'), `rows after fault ${nth}`).toEqual([])
  }
  expect(alone).toBeGreaterThan(3)
})

test('an id that is being revoked cannot be taken again before its belongings are gone', async () => {
  const namespace = await TestNamespace.create()
  await namespace.token({ id: 'my-own', ttl: '1h' })
  await namespace.call('update', 'cubbyhole/mine', { secret: 'of the first' }, { token: 'my-own' })
  expect(await namespace.refusal('update', 'auth/token/create', { id: 'my-own' })).toBe(
    'invalid_request: cannot create a token with a duplicate ID',
  )
  await namespace.call('update', 'auth/token/revoke', { token: 'my-own' })
  await namespace.token({ id: 'my-own', ttl: '1h' })
  expect(await namespace.refusal('read', 'cubbyhole/mine', {}, { token: 'my-own' })).toBe('not_found: ')
})

test('an expired parent takes its children with it when the sweeper comes by', async () => {
  const namespace = await TestNamespace.create()
  const parent = await namespace.token({ policies: ['root'], ttl: '10m' })
  const child = await namespace.token({ policies: ['root'], ttl: '10h' }, { token: parent })
  namespace.pass(601)
  expect(await namespace.isValid(parent)).toBe(false)
  await namespace.sweep()
  expect(await namespace.isValid(child)).toBe(false)
  expect(await leftovers(namespace)).toEqual([])
})

test('a token that was renewed after it was found due is not swept away', async () => {
  const namespace = await TestNamespace.create()
  const { store, issued } = namespace.namespace
  const revoker = new TokenRevoker({ store, clock: namespace.clock, belongings: { release: async () => true } })
  const token = await namespace.token({ ttl: '10m' })
  await revoker.revokeEnded(issued.tokens.hashOf(token))
  expect(await namespace.isValid(token)).toBe(true)
  namespace.pass(600)
  await revoker.revokeEnded(issued.tokens.hashOf(token))
  expect(await namespace.rows('tokens/id/')).toHaveLength(1)
})
