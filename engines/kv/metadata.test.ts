import { describe, expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kv } from './index.ts'

async function withSecrets(...paths: readonly string[]): Promise<MountedEngine> {
  const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
  for (const path of paths) await mount.call('update', `data/${path}`, { data: { at: path } })
  return mount
}

const ROOT = 'Non-listing operations on the root of a K/V v2 mount are not supported.'

describe('the settings of a mount', () => {
  test('are read as they were set, and what is not sent stays', async () => {
    const mount = await withSecrets()
    const unset = { max_versions: 0, cas_required: false, metadata_cas_required: false, delete_version_after: '0s' }
    expect(await mount.data('read', 'config')).toEqual(unset)
    await mount.call('update', 'config', { max_versions: '7', cas_required: 'true' })
    await mount.call('update', 'config', { delete_version_after: '3h5s' })
    expect(await mount.data('read', 'config')).toEqual({
      max_versions: 7,
      cas_required: true,
      metadata_cas_required: false,
      delete_version_after: '3h0m5s',
    })
    const cleared = { max_versions: null, cas_required: null, delete_version_after: null }
    await mount.call('update', 'config', cleared)
    expect(await mount.data('read', 'config')).toEqual(unset)
  })

  test.each([
    { max_versions: -1 },
    { max_versions: 2 ** 32 },
    { cas_required: 'maybe' },
    { delete_version_after: 'soon' },
  ])('%j is refused', async (body) => {
    const mount = await withSecrets()
    expect(await mount.refusal('update', 'config', body)).toMatch(/^invalid_request: /)
  })
})

describe('metadata', () => {
  test('can be there before any version', async () => {
    const mount = await withSecrets()
    const made = await mount.call('update', 'metadata/a', { max_versions: 3, custom_metadata: { owner: 'ops' } })
    expect(made).toEqual({ operation: 'create' })
    expect(await mount.data('read', 'metadata/a')).toEqual({
      versions: {},
      current_version: 0,
      current_metadata_version: 1,
      oldest_version: 0,
      created_time: '2026-01-02T03:04:05Z',
      updated_time: '2026-01-02T03:04:05Z',
      max_versions: 3,
      cas_required: false,
      metadata_cas_required: false,
      delete_version_after: '0s',
      custom_metadata: { owner: 'ops' },
    })
    expect(await mount.refusal('read', 'data/a')).toBe('not_found: ')
    mount.pass(1)
    const write = await mount.call('update', 'data/a', { data: {} })
    expect([write.operation, write.data?.custom_metadata]).toEqual(['update', { owner: 'ops' }])
    expect(await mount.data('read', 'metadata/a')).toMatchObject({
      current_metadata_version: 1,
      created_time: '2026-01-02T03:04:05Z',
      updated_time: '2026-01-02T03:04:06Z',
    })
  })

  test('a body without settings changes nothing', async () => {
    const mount = await withSecrets()
    await mount.call('update', 'metadata/a', { unknown: 1, metadata_cas: 5 })
    expect(await mount.refusal('read', 'metadata/a')).toBe('not_found: ')
  })

  test('a write replaces custom metadata, a patch merges it', async () => {
    const mount = await withSecrets('a')
    const custom = async () => (await mount.data('read', 'metadata/a')).custom_metadata
    await mount.call('update', 'metadata/a', { custom_metadata: { a: 'x', b: 'y' } })
    await mount.call('patch', 'metadata/a', { custom_metadata: { a: null, c: 'z' }, max_versions: 4 })
    expect(await custom()).toEqual({ b: 'y', c: 'z' })
    await mount.call('patch', 'metadata/a', { max_versions: null })
    expect(await mount.data('read', 'metadata/a')).toMatchObject({
      max_versions: 0,
      custom_metadata: { b: 'y', c: 'z' },
    })
    await mount.call('update', 'metadata/a', { custom_metadata: { d: 'w' } })
    expect(await custom()).toEqual({ d: 'w' })
    await mount.call('patch', 'metadata/a', { custom_metadata: null })
    expect(await custom()).toBeNull()
    expect(await mount.refusal('patch', 'metadata/b', { max_versions: 1 })).toBe('not_found: ')
  })

  const sixtyFive = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`n${n}`, 'v']))
  test.each([
    [sixtyFive, 'payload must contain at most 64 keys, provided 65'],
    [{ '': 'x' }, 'length of key is 0 but must be 0 < len(key) <= 128'],
    [{ [`${'k'.repeat(127)}é`]: 'x' }, 'length of key is 129 but must be 0 < len(key) <= 128'],
    [{ k: '' }, 'length of value is 0 but must be 0 < len(value) <= 512'],
    [{ k: 'v'.repeat(513) }, 'length of value is 513 but must be 0 < len(value) <= 512'],
    [{ 'k\u0007': 'x' }, 'a key contains unprintable characters'],
    [{ k: 'line\nbreak' }, 'a value contains unprintable characters'],
    [{ k: { nested: 1 } }, 'values must be strings'],
    [{ k: [1] }, 'values must be strings'],
  ])('custom metadata %#: %s', async (custom, reason) => {
    const mount = await withSecrets('a')
    for (const operation of ['update', 'patch'] as const) {
      expect(await mount.refusal(operation, 'metadata/a', { custom_metadata: custom })).toBe(
        `invalid_request: custom_metadata validation failed: ${reason}`,
      )
    }
    expect((await mount.data('read', 'metadata/a')).custom_metadata).toBeNull()
  })

  test('the largest custom metadata fits, and a patch cannot grow it beyond', async () => {
    const mount = await withSecrets('a')
    const custom = Object.fromEntries(
      Array.from({ length: 64 }, (_, n) => [`${n}`.padStart(128, 'k'), 'v'.repeat(512)]),
    )
    await mount.call('update', 'metadata/a', { custom_metadata: custom })
    expect((await mount.data('read', 'metadata/a')).custom_metadata).toEqual(custom)
    expect(await mount.refusal('patch', 'metadata/a', { custom_metadata: { one: 'more' } })).toContain('provided 65')
  })

  test('names such as __proto__ are names like any other', async () => {
    const mount = await withSecrets()
    const odd = JSON.parse('{"__proto__":"p","constructor":"c"}') as object
    await mount.call('update', 'metadata/a', { custom_metadata: odd })
    await mount.call('patch', 'metadata/a', { custom_metadata: JSON.parse('{"__proto__":null,"toString":"t"}') })
    expect(JSON.stringify((await mount.data('read', 'metadata/a')).custom_metadata)).toBe(
      '{"constructor":"c","toString":"t"}',
    )
  })

  test('its own check-and-set counts changes of metadata, not versions', async () => {
    const mount = await withSecrets('a')
    const refused = (body: object) => mount.refusal('update', 'metadata/a', body)
    await mount.call('update', 'metadata/a', { metadata_cas: 0, metadata_cas_required: true })
    expect(await refused({ max_versions: 1 })).toContain('metadata check-and-set parameter required for this call')
    expect(await mount.refusal('patch', 'metadata/a', { max_versions: 1 })).toContain('required for this call')
    expect(await refused({ max_versions: 1, metadata_cas: 0 })).toContain('does not match the current version')
    await mount.call('patch', 'metadata/a', { max_versions: 1, metadata_cas: 1 })
    expect(await mount.data('read', 'metadata/a')).toMatchObject({ current_metadata_version: 2, max_versions: 1 })
    expect(await mount.refusal('update', 'metadata/b', { max_versions: 1, metadata_cas: 1 })).toContain(
      'metadata_cas must be 0 when creating new metadata',
    )
    await mount.call('update', 'config', { metadata_cas_required: true })
    expect(await mount.refusal('update', 'metadata/c', { max_versions: 1 })).toContain('required for this call')
  })

  test('what the mount demands cannot be waived, and the answer says so', async () => {
    const mount = await withSecrets()
    await mount.call('update', 'config', { cas_required: true })
    const reply = await mount.call('update', 'metadata/a', { cas_required: false })
    expect(reply.warnings).toEqual([
      '"cas_required" set to false, but is mandated by backend config. This value will be ignored.',
    ])
  })

  test.each([{ max_versions: -1 }, { delete_version_after: '-1s' }, { metadata_cas: 'x', max_versions: 1 }])(
    '%j is refused',
    async (body) => {
      const mount = await withSecrets('a')
      expect(await mount.refusal('update', 'metadata/a', body)).toMatch(/^invalid_request: /)
    },
  )

  test('a delete leaves nothing, and a new secret starts anew', async () => {
    const mount = await withSecrets('a')
    await mount.call('update', 'data/a', { data: { big: 'x'.repeat(50_000) } })
    await mount.call('update', 'metadata/a', { max_versions: 3 })
    await mount.call('delete', 'metadata/a')
    expect(await mount.context.store.scan('')).toEqual([])
    const again = await mount.call('update', 'data/a', { data: {} })
    expect([again.operation, again.data?.version]).toEqual(['create', 1])
    expect(await mount.data('read', 'metadata/a')).toMatchObject({ max_versions: 0, current_version: 1 })
  })
})

describe('listing', () => {
  const paths = ['a', 'a/b', 'a/c/d', 'b', 'Z', 'é']

  test('shows one level, folders with a slash, in byte order', async () => {
    const mount = await withSecrets(...paths)
    expect(await mount.data('list', 'metadata')).toEqual({ keys: ['Z', 'a', 'a/', 'b', 'é'] })
    expect(await mount.data('list', 'metadata/')).toEqual(await mount.data('list', 'metadata'))
    expect(await mount.data('list', 'metadata/a/')).toEqual({ keys: ['b', 'c/'] })
    expect(await mount.data('list', 'metadata', { after: 'a', limit: 2 })).toEqual({ keys: ['a/', 'b'] })
    expect(await mount.data('list', 'metadata', { after: 'aa', limit: '1' })).toEqual({ keys: ['b'] })
  })

  test('a scan goes all the way down', async () => {
    const mount = await withSecrets(...paths)
    expect(await mount.data('scan', 'metadata')).toEqual({ keys: ['Z', 'a', 'a/b', 'a/c/d', 'b', 'é'] })
    expect(await mount.data('scan', 'metadata/a')).toEqual({ keys: ['b', 'c/d'] })
    expect(await mount.data('scan', 'metadata', { after: 'a/b', limit: 1 })).toEqual({ keys: ['a/c/d'] })
  })

  test('of nothing is a 404', async () => {
    const mount = await withSecrets('a')
    for (const path of ['metadata/a', 'metadata/zz', 'detailed-metadata/zz']) {
      expect(await mount.refusal('list', path)).toBe('not_found: ')
      expect(await mount.refusal('scan', path)).toBe('not_found: ')
    }
    expect(await mount.refusal('list', 'metadata', { after: 'a' })).toBe('not_found: ')
  })

  test('deleted secrets are still listed, removed ones are not', async () => {
    const mount = await withSecrets('a', 'b')
    await mount.call('delete', 'data/a')
    await mount.call('delete', 'metadata/b')
    expect(await mount.data('list', 'metadata')).toEqual({ keys: ['a'] })
  })

  test('with details', async () => {
    const mount = await withSecrets('a', 'a/b', 'c')
    const metadata = (path: string) => mount.data('read', `metadata/${path}`)
    expect(await mount.data('list', 'detailed-metadata')).toEqual({
      keys: ['a', 'a/', 'c'],
      key_info: { a: await metadata('a'), 'a/': {}, c: await metadata('c') },
    })
    expect(await mount.data('scan', 'detailed-metadata/a')).toEqual({
      keys: ['b'],
      key_info: { b: await metadata('a/b') },
    })
  })
})

describe('subkeys', () => {
  const data = { s: 'x', n: null, list: [{ a: 1 }], empty: {}, o: { p: { q: 1 } } }

  test.each([
    [0, { s: null, n: null, list: null, empty: null, o: { p: { q: null } } }],
    [1, { s: null, n: null, list: null, empty: null, o: null }],
    [-1, { s: null, n: null, list: null, empty: null, o: null }],
    [2, { s: null, n: null, list: null, empty: null, o: { p: null } }],
    [9, { s: null, n: null, list: null, empty: null, o: { p: { q: null } } }],
  ])('depth %d', async (depth, subkeys) => {
    const mount = await withSecrets()
    await mount.call('update', 'data/a', { data })
    const reply = await mount.data('read', 'subkeys/a', { depth })
    expect(reply).toEqual({ subkeys, metadata: (await mount.data('read', 'data/a')).metadata })
  })

  test('of other versions, deleted ones and none', async () => {
    const mount = await withSecrets('a')
    await mount.call('update', 'data/a', { data })
    expect((await mount.data('read', 'subkeys/a', { version: 1 })).subkeys).toEqual({ at: null })
    await mount.call('delete', 'data/a')
    const deleted = await mount.call('read', 'subkeys/a')
    expect([deleted.status, deleted.data?.subkeys]).toEqual([404, null])
    expect(await mount.refusal('read', 'subkeys/b')).toBe('not_found: ')
    expect(await mount.refusal('read', 'subkeys/a', { version: 9 })).toBe('not_found: ')
  })
})

describe('wrong paths and operations', () => {
  test.each(['read', 'update', 'patch', 'delete'] as const)('%s of a root', async (operation) => {
    const mount = await withSecrets()
    for (const path of ['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys']) {
      expect(await mount.call(operation, path, { data: {} })).toMatchObject({
        status: 404,
        data: null,
        warnings: [ROOT],
      })
    }
  })

  test('a path of version 1 is told to use the right ones', async () => {
    const mount = await withSecrets('a')
    const reply = await mount.call('read', 'a')
    expect([reply.status, reply.data]).toEqual([404, null])
    expect(reply.warnings?.[0]).toMatch(/^Invalid path for a versioned K\/V secrets engine\..*'kv get'/)
    expect((await mount.call('list', '')).warnings?.[0]).toContain("'kv list'")
  })

  test.each([
    ['list', 'data/a'],
    ['scan', 'subkeys/a'],
    ['patch', 'config'],
    ['delete', 'config'],
    ['read', 'delete/a'],
    ['patch', 'undelete/a'],
    ['delete', 'destroy/a'],
    ['update', 'subkeys/a'],
    ['read', 'detailed-metadata/a'],
  ] as const)('%s %s is no operation', async (operation, path) => {
    const mount = await withSecrets('a')
    expect(await mount.refusal(operation, path)).toBe('unsupported_operation: unsupported operation')
  })
})
