import { describe, expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kv } from './index.ts'

const mounted = () => new MountedEngine(kv, { mountOptions: { version: '1' } })

describe('version 1', () => {
  test('keeps what was sent, whole', async () => {
    const mount = mounted()
    const body = { a: 1, path: 'p', after: { x: 1 }, limit: 'none', data: null }
    expect(await mount.call('update', 'a/b', body)).toEqual({ operation: 'create' })
    expect(await mount.call('read', 'a/b')).toEqual({ operation: 'read', data: body, leaseDurationSeconds: 2_764_800 })
    expect((await mount.call('update', 'a/b', { other: 1 })).operation).toBe('update')
    expect(await mount.data('read', 'a/b')).toEqual({ other: 1 })
    await mount.call('delete', 'a/b')
    expect(await mount.refusal('read', 'a/b')).toBe('not_found: ')
    expect(await mount.context.store.scan('')).toEqual([])
  })

  test('is the default, and unknown versions are none', async () => {
    expect(await new MountedEngine(kv).refusal('read', 'a')).toBe('not_found: ')
    for (const version of ['3', 'toString', 'v2']) {
      expect(() => new MountedEngine(kv, { mountOptions: { version } })).toThrow('unknown version')
    }
  })

  test.each([
    [{ ttl: 30 }, 30],
    [{ ttl: '1h30m' }, 5400],
    [{ ttl: '45' }, 45],
    [{ lease: '2m' }, 120],
    [{ ttl: '5s', lease: '2m' }, 5],
    [{ ttl: 'junk' }, 2_764_800],
    [{ ttl: { x: 1 } }, 2_764_800],
    [{ ttl: 'junk', lease: '2m' }, 2_764_800],
    [{ x: 1 }, 2_764_800],
  ])('%j is read again after %d s', async (body, seconds) => {
    const mount = mounted()
    await mount.call('update', 'a', body)
    expect(await mount.call('read', 'a')).toMatchObject({ data: body, leaseDurationSeconds: seconds })
  })

  test('lists, scans and pages', async () => {
    const mount = mounted()
    for (const path of ['a', 'a/b', 'a/c/d', 'b']) await mount.call('update', path, { at: path })
    expect(await mount.data('list', '')).toEqual({ keys: ['a', 'a/', 'b'] })
    expect(await mount.data('list', 'a/')).toEqual({ keys: ['b', 'c/'] })
    expect(await mount.data('scan', '')).toEqual({ keys: ['a', 'a/b', 'a/c/d', 'b'] })
    expect(await mount.data('list', '', { after: 'a', limit: '1' })).toEqual({ keys: ['a/'] })
    expect(await mount.refusal('list', '', { limit: 'x' })).toContain('field "limit"')
    expect(await mount.refusal('list', 'zz')).toBe('not_found: ')
  })

  test('refuses what it cannot keep, and removes what is not there', async () => {
    const mount = mounted()
    const folder = "invalid_request: cannot write to a path ending in '/'"
    expect(await mount.refusal('update', 'a', {})).toBe('invalid_request: missing data fields')
    expect(await mount.refusal('update', '', { x: 1 })).toBe(folder)
    expect(await mount.refusal('update', 'a/', { x: 1 })).toBe(folder)
    expect(await mount.refusal('read', '')).toBe('not_found: ')
    expect(await mount.refusal('patch', 'a', { x: 1 })).toBe('unsupported_operation: unsupported operation')
    for (const path of ['zz', '', 'x'.repeat(5000)]) {
      expect(await mount.call('delete', path)).toEqual({ operation: 'delete' })
    }
  })
})

describe('turning into version 2', () => {
  test('keeps every secret as its first version, and can be done again', async () => {
    const before = mounted()
    const paths = Array.from({ length: 250 }, (_, n) => `dir${n % 7}/s${n}`)
    for (const path of paths)
      await before.call('update', path, { at: path, big: path.endsWith('9') ? 'x'.repeat(20_000) : '' })
    const after = new MountedEngine(kv, { mountOptions: { version: '2' }, with: before })
    await after.open()
    await after.open()
    for (const path of paths) {
      const { data, metadata } = await after.data('read', `data/${path}`)
      expect([data, metadata]).toMatchObject([{ at: path }, { version: 1, deletion_time: '' }])
    }
    expect((await after.data('scan', 'metadata')).keys).toHaveLength(250)
    expect(await before.context.store.scan('plain/')).toEqual([])
  })

  test('a write of version 1 that comes late is refused', async () => {
    const before = mounted()
    await before.call('update', 'a', { x: 1 })
    const after = new MountedEngine(kv, { mountOptions: { version: '2' }, with: before })
    await after.open()
    expect(await before.refusal('update', 'b', { x: 1 })).toBe('invalid_request: this mount keeps versions now')
    expect(await before.refusal('delete', 'a')).toBe('invalid_request: this mount keeps versions now')
    expect(await after.data('list', 'metadata')).toEqual({ keys: ['a'] })
  })

  test('a mount with nothing in it is left alone, so that it can go back', async () => {
    const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
    await mount.open()
    expect(await mount.context.store.scan('')).toEqual([])
  })

  test('writes under way while it happens are kept or refused, never lost', async () => {
    const before = mounted()
    for (let n = 0; n < 50; n++) await before.call('update', `s${n}`, { n })
    const after = new MountedEngine(kv, { mountOptions: { version: '2' }, with: before })
    const writes = Array.from({ length: 50 }, (_, n) => before.call('update', `late${n}`, { n }))
    const [outcomes] = await Promise.all([Promise.allSettled(writes), after.open()])
    const { keys } = await after.data('scan', 'metadata')
    for (const [n, { status }] of outcomes.entries()) {
      expect((keys as string[]).includes(`late${n}`)).toBe(status === 'fulfilled')
    }
  })
})
