import { expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kv } from './index.ts'

const mounted = () => new MountedEngine(kv, { mountOptions: { version: 'flat' } })
const NOT_FOUND = 'not_found: '
const MISMATCH = 'conflict: check-and-set parameter did not match the current version'

test('writes answer with the version, reads with the data and the version', async () => {
  const mount = mounted()
  const first = await mount.call('update', 'app/db', { data: { user: 'u' } })
  expect(first).toEqual({
    operation: 'create',
    data: { version: 1, created_time: '2026-01-02T03:04:05Z', expire_time: '' },
  })
  mount.pass(1)
  expect((await mount.call('update', 'app/db', { data: { user: 'v' } })).operation).toBe('update')
  expect(await mount.data('read', 'app/db')).toEqual({
    data: { user: 'v' },
    version: 2,
    created_time: '2026-01-02T03:04:06Z',
    expire_time: '',
  })
  expect(await mount.data('read', 'app/db', { version: '1' })).toMatchObject({ data: { user: 'u' }, version: 1 })
  expect(await mount.refusal('read', 'app/db', { version: 3 })).toBe(NOT_FOUND)
  expect(await mount.data('list', '')).toEqual({ keys: ['app/'] })
  expect(await mount.data('scan', '')).toEqual({ keys: ['app/db'] })
})

test('cas is compared, and a mismatch is a conflict', async () => {
  const mount = mounted()
  expect(await mount.refusal('update', 'a', { data: {}, cas: 1 })).toBe(MISMATCH)
  await mount.call('update', 'a', { data: {}, cas: 0 })
  expect(await mount.refusal('update', 'a', { data: {}, cas: 0 })).toBe(MISMATCH)
  await mount.call('update', 'a', { data: {}, cas: 1 })
  const racing = Array.from({ length: 20 }, () => mount.call('update', 'a', { data: {}, cas: 2 }))
  const won = (await Promise.allSettled(racing)).filter(({ status }) => status === 'fulfilled')
  expect(won).toHaveLength(1)
})

test('a version with a ttl is gone when its time is up, and no older one stands in for it', async () => {
  const mount = mounted()
  await mount.call('update', 'a', { data: { n: 1 } })
  const short = await mount.data('update', 'a', { data: { n: 2 }, ttl: '1m' })
  expect(short).toMatchObject({ version: 2, expire_time: '2026-01-02T03:05:05Z' })
  mount.pass(59)
  expect(await mount.data('read', 'a')).toMatchObject({ data: { n: 2 } })
  mount.pass(1)
  expect(await mount.refusal('read', 'a')).toBe(NOT_FOUND)
  expect(await mount.refusal('read', 'a', { version: 2 })).toBe(NOT_FOUND)
  expect(await mount.data('read', 'a', { version: 1 })).toMatchObject({ data: { n: 1 } })
  // Its number is never given out again, so that a version always means one value.
  expect(await mount.data('update', 'a', { data: { n: 3 }, cas: 2 })).toMatchObject({ version: 3 })
  expect(await mount.context.store.scan('bodies/')).toEqual([])
})

test('a secret of which everything expired is not there, and is created anew', async () => {
  const mount = mounted()
  await mount.call('update', 'a', { data: { n: 1 }, ttl: 10 })
  const [entry] = mount.backend.get(['m/keys/a'])
  expect(entry?.expiresAtMs).toBe(mount.time.nowMs + 10_000)
  mount.pass(10)
  expect(await mount.refusal('read', 'a')).toBe(NOT_FOUND)
  const again = await mount.call('update', 'a', { data: { n: 2 }, cas: 0 })
  expect([again.operation, again.data?.version]).toEqual(['create', 1])
})

test('ten versions are kept', async () => {
  const mount = mounted()
  for (let n = 1; n <= 12; n++) await mount.call('update', 'a', { data: { n } })
  expect(await mount.refusal('read', 'a', { version: 2 })).toBe(NOT_FOUND)
  expect(await mount.data('read', 'a', { version: 3 })).toMatchObject({ data: { n: 3 } })
})

test('a delete is final, of one version or of all', async () => {
  const mount = mounted()
  for (const n of [1, 2]) await mount.call('update', 'a', { data: { n } })
  expect(await mount.call('delete', 'a', { version: 1 })).toEqual({ operation: 'delete' })
  expect(await mount.refusal('read', 'a', { version: 1 })).toBe(NOT_FOUND)
  expect(await mount.data('read', 'a')).toMatchObject({ data: { n: 2 } })
  await mount.call('delete', 'a')
  expect(await mount.refusal('read', 'a')).toBe(NOT_FOUND)
  expect(await mount.context.store.scan('')).toEqual([])
  for (const path of ['a', '', 'zz']) expect(await mount.call('delete', path)).toEqual({ operation: 'delete' })
})

test.each([
  [{}, 'invalid_request: no data provided'],
  [{ cas: 0 }, 'invalid_request: no data provided'],
  [{ data: 'x' }, 'invalid_request: error converting input for field "data": expected an object'],
  [{ data: {}, ttl: -1 }, 'invalid_request: ttl must not be negative'],
  [
    { data: {}, ttl: 'soon' },
    'invalid_request: error converting input for field "ttl": expected a duration such as 30, "30s" or "1h30m"',
  ],
  [{ data: {}, cas: 'x' }, 'invalid_request: error converting input for field "cas": expected an integer'],
])('%j is refused', async (body, refusal) => {
  const mount = mounted()
  expect(await mount.refusal('update', 'a', body)).toBe(refusal)
  expect(await mount.refusal('update', 'a/', { data: {} })).toContain("cannot write to a path ending in '/'")
  expect(await mount.refusal('update', '', { data: {} })).toContain("cannot write to a path ending in '/'")
  expect(await mount.refusal('patch', 'a', { data: {} })).toBe('unsupported_operation: unsupported operation')
})
