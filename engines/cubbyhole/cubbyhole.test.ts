import { expect, test } from 'vitest'
import { json } from '../../storage/codec.ts'
import { CALLER, MountedEngine } from '../../test/engines/mounted-engine.ts'
import { cubbyhole } from './index.ts'

const OTHER = { ...CALLER, tokenHash: 'hash-of-another' }

test('a token reads, overwrites, lists and removes what it wrote', async () => {
  const mount = new MountedEngine(cubbyhole)
  const body = { a: 1.5, path: 'p', limit: 'none', nested: { b: null } }
  expect(await mount.call('update', 'x/y', body)).toEqual({ operation: 'create' })
  expect(await mount.call('read', 'x/y')).toEqual({ operation: 'read', data: body })
  expect((await mount.call('update', 'x/y', { c: 1 })).operation).toBe('update')
  expect(await mount.data('read', 'x/y')).toEqual({ c: 1 })
  await mount.call('update', 'z', { d: 1 })
  expect(await mount.data('list', '')).toEqual({ keys: ['x/', 'z'] })
  expect(await mount.data('list', 'x')).toEqual({ keys: ['y'] })
  expect(await mount.data('scan', '')).toEqual({ keys: ['x/y', 'z'] })
  expect(await mount.data('list', '', { after: 'x/', limit: 1 })).toEqual({ keys: ['z'] })
  await mount.call('delete', 'x/y')
  await mount.call('delete', 'z')
  expect(await mount.refusal('list', '')).toBe('not_found: ')
  expect(await mount.context.store.scan('')).toEqual([])
})

test('another token sees and changes none of it', async () => {
  const mount = new MountedEngine(cubbyhole)
  await mount.call('update', 'x', { a: 1 })
  expect(await mount.refusal('read', 'x', {}, OTHER)).toBe('not_found: ')
  expect(await mount.refusal('list', '', {}, OTHER)).toBe('not_found: ')
  expect((await mount.call('update', 'x', { a: 2 }, OTHER)).operation).toBe('create')
  await mount.call('delete', 'x', {}, OTHER)
  expect(await mount.data('read', 'x')).toEqual({ a: 1 })
})

test('lies where the core puts what it wraps', async () => {
  const mount = new MountedEngine(cubbyhole)
  const { store } = mount.context
  await store.transaction(async (tx) => tx.put(`${CALLER.tokenHash}/response`, { response: '{}' }, json()))
  expect(await mount.data('read', 'response')).toEqual({ response: '{}' })
  await mount.call('update', 'mine', { a: 1 })
  expect(await store.get(`${CALLER.tokenHash}/mine`, json())).toEqual({ a: 1 })
})

test('a batch token has none', async () => {
  const mount = new MountedEngine(cubbyhole)
  const batch = { ...CALLER, type: 'batch' as const, tokenHash: '' }
  for (const operation of ['read', 'update', 'delete', 'list', 'scan'] as const) {
    expect(await mount.refusal(operation, 'x', { a: 1 }, batch)).toBe(
      'invalid_request: cubbyhole operations are only supported by service tokens',
    )
  }
  expect(await mount.context.store.scan('')).toEqual([])
})

test('refuses what it cannot keep, and removes what is not there', async () => {
  const mount = new MountedEngine(cubbyhole)
  expect(await mount.refusal('update', 'x', {})).toBe('invalid_request: missing data fields')
  for (const path of ['', 'x/']) {
    expect(await mount.refusal('update', path, { a: 1 })).toBe("invalid_request: cannot write to a path ending in '/'")
  }
  expect(await mount.refusal('read', '')).toBe('not_found: ')
  expect(await mount.refusal('read', 'zz')).toBe('not_found: ')
  expect(await mount.refusal('patch', 'x', { a: 1 })).toBe('unsupported_operation: unsupported operation')
  for (const path of ['', 'zz', 'x'.repeat(5000)])
    expect(await mount.call('delete', path)).toEqual({ operation: 'delete' })
})
