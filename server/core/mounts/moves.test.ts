import { expect, test } from 'vitest'
import { systemRandom } from '../../../crypto/random.ts'
import type { MountEntry } from '../../../engines/system/services/mounts.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { MountTransitions, type MountTransitionsOptions } from './mount-transitions.ts'
import { changeTable, withChange } from './table.ts'

const NO_ROUTE = 'not_found: no handler for route'

/** Those of one more node. */
function transitionsOf(
  { namespace, clock }: TestNamespace,
  more: Partial<MountTransitionsOptions> = {},
): MountTransitions {
  return new MountTransitions({
    store: namespace.store,
    claims: namespace.mounts.claims,
    clock,
    random: systemRandom,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    revokePrefix: async () => {},
    moveQuotas: async () => {},
    ...more,
  })
}

async function mountAt({ namespace }: TestNamespace, path: string): Promise<MountEntry> {
  const entry = await namespace.mounts.at(path)
  if (entry === undefined) throw new Error('it was not mounted')
  return entry
}

test('moving a mount takes its data along and revokes its leases', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv', description: 'kept' })
  await namespace.call('update', 'plain/a', { a: 1 })
  await namespace.call('read', 'creds/user')
  const { data } = await namespace.call('update', 'sys/remount', { from: 'plain', to: 'moved/here' })
  const id = data?.migration_id
  expect(await namespace.data('read', `sys/remount/status/${id}`)).toEqual({
    migration_id: id,
    migration_info: { source_mount: 'plain/', target_mount: 'moved/here/', status: 'success' },
  })
  expect(await namespace.data('read', 'moved/here/a')).toEqual({ a: 1 })
  expect(await namespace.refusal('read', 'plain/a')).toContain(NO_ROUTE)
  await namespace.call('update', 'sys/remount', { from: 'creds/', to: 'users/' })
  expect(namespace.credentials.out.size).toBe(0)
  namespace.pass(25 * 3600)
  await namespace.sweep()
  expect(await namespace.refusal('read', `sys/remount/status/${id}`)).toBe('not_found: ')
})

test('a move that was cut short is taken up, and what is mounted at the old path by then keeps its leases', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  await namespace.call('update', 'plain/a', { a: 1 })
  const { store } = namespace.namespace
  const entry = await mountAt(namespace, 'plain/')
  const revoked: string[] = []
  let isAway = true
  const transitions = transitionsOf(namespace, {
    revokePrefix: async (prefix, mayRevoke) => {
      if (await store.transaction(mayRevoke)) revoked.push(prefix)
    },
    moveQuotas: async () => {
      if (isAway) throw new Error('storage is away')
    },
  })
  const id = await transitions.beginMove(entry, 'moved/')
  await expect(transitions.finishMove(id)).rejects.toThrow('storage is away')
  expect(await namespace.refusal('read', 'moved/a')).toContain(NO_ROUTE)
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  isAway = false
  await transitions.finishMove(id)
  expect(revoked).toEqual(['plain/'])
  expect(await namespace.data('read', 'moved/a')).toEqual({ a: 1 })
  expect(await transitions.moveStatus(id)).toMatchObject({ status: 'success' })
})

test('a node that goes on late at the end of a move opens no mount that has begun another since', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  const other = transitionsOf(namespace)
  const late = transitionsOf(namespace, {
    moveQuotas: async () => {
      await other.finishMove(id)
      await other.beginMove(await mountAt(namespace, 'moved/'), 'third/')
    },
  })
  const id = await late.beginMove(await mountAt(namespace, 'plain/'), 'moved/')
  await late.finishMove(id)
  expect(await mountAt(namespace, 'moved/')).toMatchObject({ leaving: true, movingTo: 'third/' })
})

test('no move begins to where a namespace is being made', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  await namespace.namespace.mounts.claims.claim('team', 'made')
  const moving = transitionsOf(namespace).beginMove(await mountAt(namespace, 'plain/'), 'team/')
  await expect(moving).rejects.toThrow('path is already in use at team/')
  expect(await mountAt(namespace, 'plain/')).toMatchObject({ leaving: false })
})

test('a target that an older version left behind when it ended the move binds nobody', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  const { mounts, store } = namespace.namespace
  const { uuid } = await mountAt(namespace, 'plain/')
  await store.transaction((tx) => changeTable(tx, (table) => withChange(table, uuid, { movingTo: 'moved/' })))
  await store.refresh()
  await namespace.call('update', 'sys/mounts/moved', { type: 'kv' })
  await namespace.call('update', 'sys/remount', { from: 'plain', to: 'other' })
  await store.transaction((tx) => changeTable(tx, (table) => withChange(table, uuid, { movingTo: 'other/' })))
  await namespace.call('delete', 'sys/mounts/other')
  expect(await mounts.at('other/')).toBe(undefined)
})

test('a mount moves to no path that is taken, reserved or of the other kind, nor do the server’s own mounts', async () => {
  const namespace = await TestNamespace.create()
  const refusal = (from: string, to: string) => namespace.refusal('update', 'sys/remount', { from, to })
  expect(await refusal('creds', 'secret')).toBe('invalid_request: path is already in use at secret/')
  expect(await refusal('creds', 'sys/x')).toBe('invalid_request: cannot mount "sys/x/"')
  expect(await refusal('auth/door', 'door')).toBe(
    'invalid_request: cannot remount auth mount to non-auth mount "door/"',
  )
  expect(await refusal('cubbyhole', 'x')).toBe('invalid_request: cannot remount "cubbyhole/"')
  expect(await refusal('auth/token', 'auth/x')).toBe('invalid_request: cannot remount "auth/token/"')
  expect(await refusal('nowhere', 'x')).toBe('invalid_request: no matching mount at "nowhere/"')
  expect(await refusal('', 'x')).toBe("invalid_request: both 'from' and 'to' path must be specified as a string")
  expect(await refusal('creds', 'x ')).toBe("invalid_request: 'to' path cannot contain trailing whitespace")
  await namespace.call('update', 'sys/remount', { from: 'auth/door', to: 'auth/gate' })
  await namespace.call('update', 'auth/gate/login', {}, { token: undefined })
})
