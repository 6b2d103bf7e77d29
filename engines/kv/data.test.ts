import { describe, expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kv } from './index.ts'

const VERSIONED = { mountOptions: { version: '2' } }
const NOT_FOUND = 'not_found: '

function fresh(): MountedEngine {
  return new MountedEngine(kv, VERSIONED)
}

async function write(mount: MountedEngine, path: string, data: object, options?: object) {
  return mount.call('update', `data/${path}`, options === undefined ? { data } : { data, options })
}

/** What reading a version answers: its data, or what became of it. */
async function seen(mount: MountedEngine, path: string, version = 0): Promise<unknown> {
  const reply = await mount.call('read', `data/${path}`, { version }).catch(() => undefined)
  if (reply === undefined) return 'absent'
  const { data, metadata } = reply.data as { data: unknown; metadata: { destroyed: boolean } }
  if (reply.status === undefined) return data
  expect([reply.status, data]).toEqual([404, null])
  return metadata.destroyed ? 'destroyed' : 'deleted'
}

describe('writing', () => {
  test('makes versions, the first as a create', async () => {
    const mount = fresh()
    const first = await write(mount, 'a/b', { x: 1 })
    expect(first).toEqual({
      operation: 'create',
      data: {
        version: 1,
        created_time: '2026-01-02T03:04:05Z',
        deletion_time: '',
        destroyed: false,
        custom_metadata: null,
      },
    })
    mount.pass(1.25)
    const second = await write(mount, 'a/b', { y: 2 })
    expect([second.operation, second.data?.version, second.data?.created_time]).toEqual([
      'update',
      2,
      '2026-01-02T03:04:06.25Z',
    ])
    expect(await seen(mount, 'a/b')).toEqual({ y: 2 })
    expect(await seen(mount, 'a/b', 1)).toEqual({ x: 1 })
    expect(await seen(mount, 'a/b', 3)).toBe('absent')
  })

  test.each([
    [{}, 'invalid_request: no data provided'],
    [{ options: { cas: 0 } }, 'invalid_request: no data provided'],
    [{ data: 'x' }, 'invalid_request: error converting input for field "data": expected an object'],
    [{ data: [1] }, 'invalid_request: error converting input for field "data": expected an object'],
    [{ data: {}, options: { cas: 'x' } }, 'invalid_request: error parsing check-and-set parameter'],
    [{ data: {}, options: { cas: 1.5 } }, 'invalid_request: error parsing check-and-set parameter'],
    [{ data: {}, options: { cas: [0] } }, 'invalid_request: error parsing check-and-set parameter'],
  ])('refuses %j', async (body, refusal) => {
    const mount = fresh()
    expect(await mount.refusal('update', 'data/a', body)).toBe(refusal)
    expect(await seen(mount, 'a')).toBe('absent')
  })

  test.each([
    'data/a/',
    'data/a/b/',
    'metadata/a/',
    'delete/a/',
    'destroy/a/',
    ...['data/', 'metadata/', 'delete/', 'undelete/', 'destroy/', 'subkeys/', 'other/'],
  ])('%s is a folder', async (path) => {
    const body = { data: {}, versions: [1], max_versions: 1 }
    expect(await fresh().refusal('update', path, body)).toBe("invalid_request: cannot write to a path ending in '/'")
  })

  test.each(['data/a/', 'metadata/a/', 'data/', 'metadata/', 'other/'])(
    '%s is a folder that has no parts',
    async (path) => {
      expect(await fresh().refusal('patch', path, { data: {}, max_versions: 1 })).toBe(
        "invalid_request: cannot write to a path ending in '/'",
      )
    },
  )

  test.each(['\ud800', 'x'.repeat(3073), 'é'.repeat(1537)])(
    'a path that cannot be stored is refused, and is not there',
    async (path) => {
      const mount = fresh()
      expect(await mount.refusal('update', `data/${path}`, { data: {} })).toMatch(/^invalid_request: the path must be/)
      expect(await mount.refusal('read', `data/${path}`)).toBe(NOT_FOUND)
      expect(await mount.call('delete', `data/${path}`)).toEqual({ operation: 'delete' })
    },
  )

  test('the longest path can be written, with a version of its own entry', async () => {
    const mount = fresh()
    const path = `${'x'.repeat(200)}/`.repeat(10) + 'y'.repeat(38)
    expect(path).toHaveLength(2048)
    await write(mount, path, { big: 'z'.repeat(40_000) })
    expect(await seen(mount, path)).toEqual({ big: 'z'.repeat(40_000) })
  })

  test('a set version that must be the newest is compared', async () => {
    const mount = fresh()
    const mismatch = 'conflict: check-and-set parameter did not match the current version'
    const refused = (cas: unknown) => mount.refusal('update', 'data/a', { data: {}, options: { cas } })
    expect(await refused(1)).toBe(mismatch)
    expect(await refused(-1)).toBe(mismatch)
    await write(mount, 'a', { n: 1 }, { cas: 0 })
    expect(await refused(0)).toBe(mismatch)
    expect(await refused(null)).toBe(mismatch)
    await write(mount, 'a', { n: 2 }, { cas: '1' })
    await mount.call('delete', 'data/a')
    // A deleted version is still the newest.
    expect(await refused(0)).toBe(mismatch)
    await write(mount, 'a', { n: 3 }, { cas: 2 })
    expect(await seen(mount, 'a')).toEqual({ n: 3 })
  })

  test('cas_required, of the mount or the secret, refuses writes without', async () => {
    const refusal = 'invalid_request: check-and-set parameter required for this call'
    for (const path of ['config', 'metadata/a']) {
      const mount = fresh()
      await mount.call('update', path, { cas_required: true })
      expect(await mount.refusal('update', 'data/a', { data: {} })).toBe(refusal)
      await write(mount, 'a', { n: 1 }, { cas: 0 })
      expect(await mount.refusal('patch', 'data/a', { data: {} })).toBe(refusal)
      await mount.call('patch', 'data/a', { data: { m: 2 }, options: { cas: 1 } })
      expect(await seen(mount, 'a')).toEqual({ n: 1, m: 2 })
    }
  })

  test('of many who write at once all get a version of their own', async () => {
    const mount = fresh()
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => write(mount, 'a', { n })))
    const numbers = answers.map(({ data }) => Number(data?.version))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
    for (const [n, number] of numbers.entries()) {
      expect(await seen(mount, 'a', number)).toEqual(number > 30 ? { n } : 'absent')
    }
  })

  test('of many who write with one cas exactly one succeeds', async () => {
    const mount = fresh()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => write(mount, 'a', { n }, { cas: 0 })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await mount.data('read', 'metadata/a')).current_version).toBe(1)
  })
})

describe('patching', () => {
  test('merges by RFC 7396 into a new version', async () => {
    const mount = fresh()
    await write(mount, 'a', { keep: 1, drop: 2, deep: { x: 1, y: { z: 1 } }, list: [1], flat: 's' })
    const reply = await mount.call('patch', 'data/a', {
      data: { drop: null, absent: null, deep: { x: null, y: { w: 2 } }, list: [{ n: null }], flat: { n: null, m: 1 } },
    })
    expect(reply.data?.version).toBe(2)
    expect(await seen(mount, 'a')).toEqual({
      keep: 1,
      deep: { y: { z: 1, w: 2 } },
      list: [{ n: null }],
      flat: { m: 1 },
    })
    expect(await seen(mount, 'a', 1)).toMatchObject({ drop: 2 })
  })

  test('needs a version that can be read', async () => {
    const mount = fresh()
    expect(await mount.refusal('patch', 'data/a', { data: { x: 1 } })).toBe(NOT_FOUND)
    expect(await mount.refusal('patch', 'data/a', {})).toBe('invalid_request: no data provided')
    await mount.call('update', 'metadata/a', { max_versions: 5 })
    expect(await mount.refusal('patch', 'data/a', { data: { x: 1 } })).toBe(NOT_FOUND)
    await write(mount, 'a', { x: 1 })
    await mount.call('delete', 'data/a')
    const deleted = await mount.call('patch', 'data/a', { data: { x: 2 } })
    expect([deleted.status, deleted.data?.version, deleted.data?.deletion_time]).toEqual([
      404,
      1,
      '2026-01-02T03:04:05Z',
    ])
    await mount.call('update', 'destroy/a', { versions: [1] })
    const destroyed = await mount.call('patch', 'data/a', { data: { x: 2 } })
    expect([destroyed.status, destroyed.data?.destroyed]).toEqual([404, true])
    expect((await mount.data('read', 'metadata/a')).current_version).toBe(1)
  })

  test('patches from many at once all count', async () => {
    const mount = fresh()
    await write(mount, 'a', {})
    const names = Array.from({ length: 25 }, (_, n) => `n${n}`)
    await Promise.all(names.map((name) => mount.call('patch', 'data/a', { data: { [name]: name } })))
    expect(await seen(mount, 'a')).toEqual(Object.fromEntries(names.map((name) => [name, name])))
  })
})

describe('deleting, undeleting, destroying', () => {
  async function withVersions(count: number): Promise<MountedEngine> {
    const mount = fresh()
    for (let n = 1; n <= count; n++) await write(mount, 'a', { n })
    return mount
  }

  test('a delete hides the newest version until it is undeleted', async () => {
    const mount = await withVersions(2)
    expect(await mount.call('delete', 'data/a')).toEqual({ operation: 'delete' })
    expect([await seen(mount, 'a'), await seen(mount, 'a', 1)]).toEqual(['deleted', { n: 1 }])
    const reply = await mount.call('read', 'data/a')
    expect(reply.data?.metadata).toMatchObject({ version: 2, deletion_time: '2026-01-02T03:04:05Z', destroyed: false })
    await mount.call('update', 'undelete/a', { versions: [2] })
    expect(await seen(mount, 'a')).toEqual({ n: 2 })
    expect((await mount.call('read', 'data/a')).data?.metadata).toMatchObject({ deletion_time: '' })
  })

  test('a delete holds on a node whose clock is behind that of the node that made it', async () => {
    const mount = await withVersions(1)
    await mount.call('delete', 'data/a')
    mount.pass(-600)
    expect(await seen(mount, 'a')).toBe('deleted')
    expect((await mount.call('read', 'data/a')).data?.metadata).toMatchObject({ deletion_time: '2026-01-02T03:04:05Z' })
    await mount.call('update', 'undelete/a', { versions: [1] })
    expect(await seen(mount, 'a')).toEqual({ n: 1 })
  })

  test('a second delete keeps the time of the first', async () => {
    const mount = await withVersions(1)
    await mount.call('delete', 'data/a')
    mount.pass(60)
    await mount.call('delete', 'data/a')
    await mount.call('update', 'delete/a', { versions: [1] })
    expect((await mount.call('read', 'data/a')).data?.metadata).toMatchObject({ deletion_time: '2026-01-02T03:04:05Z' })
  })

  test('versions are chosen by number, in any form that clients send', async () => {
    const mount = await withVersions(4)
    await mount.call('update', 'delete/a', { versions: ['1', 3] })
    await mount.call('update', 'destroy/a', { versions: '2,99,-1' })
    const all = await Promise.all([1, 2, 3, 4].map((version) => seen(mount, 'a', version)))
    expect(all).toEqual(['deleted', 'destroyed', 'deleted', { n: 4 }])
    await mount.call('update', 'undelete/a', { versions: [1, 2, 3, 4, 5] })
    expect(await seen(mount, 'a', 1)).toEqual({ n: 1 })
    expect(await seen(mount, 'a', 2)).toBe('destroyed')
  })

  test('a version that was deleted and then destroyed stays both', async () => {
    const mount = await withVersions(1)
    await mount.call('delete', 'data/a')
    await mount.call('update', 'destroy/a', { versions: [1] })
    await mount.call('update', 'undelete/a', { versions: [1] })
    expect((await mount.call('read', 'data/a')).data?.metadata).toMatchObject({
      destroyed: true,
      deletion_time: '2026-01-02T03:04:05Z',
    })
  })

  test('what was destroyed is gone from the store, small or big', async () => {
    const mount = fresh()
    await write(mount, 'a', { secret: 'small' })
    await write(mount, 'a', { secret: 'x'.repeat(50_000) })
    expect(await mount.context.store.scan('')).toHaveLength(2)
    await mount.call('update', 'destroy/a', { versions: [1, 2] })
    expect(await mount.context.store.scan('')).toHaveLength(1)
    const [entry] = mount.backend.get(['m/keys/a'])
    expect(entry?.value.byteLength).toBeLessThan(500)
    expect([await seen(mount, 'a', 1), await seen(mount, 'a', 2)]).toEqual(['destroyed', 'destroyed'])
  })

  test('of nothing they succeed, without numbers they are refused', async () => {
    const mount = fresh()
    expect(await mount.call('delete', 'data/a')).toEqual({ operation: 'delete' })
    expect(await mount.call('delete', 'metadata/a')).toEqual({ operation: 'delete' })
    for (const path of ['delete/a', 'undelete/a', 'destroy/a']) {
      expect(await mount.call('update', path, { versions: [1] })).toEqual({ operation: 'update' })
      for (const body of [{}, { versions: [] }, { versions: '' }]) {
        expect(await mount.refusal('update', path, body)).toBe('invalid_request: No version number provided')
      }
      expect(await mount.refusal('update', path, { versions: ['x'] })).toMatch(/^invalid_request: error converting/)
    }
    expect(await mount.context.store.scan('')).toEqual([])
  })

  test('ten versions of half a KiB lie in one entry', async () => {
    const mount = fresh()
    for (let n = 1; n <= 12; n++) await write(mount, 'a', { n, pad: 'x'.repeat(490) })
    expect(await mount.context.store.scan('')).toEqual(['keys/a'])
    expect(await seen(mount, 'a', 3)).toMatchObject({ n: 3 })
  })

  test('versions beyond the limit go, with their data', async () => {
    const mount = fresh()
    await mount.call('update', 'config', { max_versions: 3 })
    for (let n = 1; n <= 5; n++) await write(mount, 'a', { n, pad: 'x'.repeat(20_000) })
    const metadata = await mount.data('read', 'metadata/a')
    expect([Object.keys(metadata.versions as object), metadata.oldest_version]).toEqual([['3', '4', '5'], 3])
    expect(await seen(mount, 'a', 2)).toBe('absent')
    expect((await mount.context.store.scan('bodies/')).length).toBe(3)
    await mount.call('update', 'metadata/a', { max_versions: 1 })
    await write(mount, 'a', { n: 6 })
    // The greater of the two limits holds.
    expect(await seen(mount, 'a', 4)).toMatchObject({ n: 4 })
    await mount.call('update', 'metadata/a', { max_versions: 4 })
    for (let n = 7; n <= 10; n++) await write(mount, 'a', { n })
    expect(Object.keys((await mount.data('read', 'metadata/a')).versions as object)).toEqual(['7', '8', '9', '10'])
  })
})

describe('delete_version_after', () => {
  const readAfter = async (mount: MountedEngine, seconds: number) => {
    mount.pass(seconds)
    return seen(mount, 'a')
  }

  test('the shorter of the two terms holds, from the write on', async () => {
    const mount = fresh()
    await mount.call('update', 'config', { delete_version_after: '2h' })
    await mount.call('update', 'metadata/a', { delete_version_after: '1h30m' })
    const reply = await write(mount, 'a', { n: 1 })
    expect(reply.data?.deletion_time).toBe('2026-01-02T04:34:05Z')
    expect(await readAfter(mount, 5399)).toEqual({ n: 1 })
    expect(await readAfter(mount, 1)).toBe('deleted')
    await mount.call('update', 'undelete/a', { versions: [1] })
    expect(await readAfter(mount, 5399)).toEqual({ n: 1 })
    expect(await readAfter(mount, 1)).toBe('deleted')
  })

  test("a negative term of the mount switches the secrets' own off", async () => {
    const mount = fresh()
    await mount.call('update', 'config', { delete_version_after: '-5s' })
    expect(await mount.data('read', 'config')).toMatchObject({ delete_version_after: '-1s' })
    await mount.call('update', 'metadata/a', { delete_version_after: 60 })
    expect((await write(mount, 'a', { n: 1 })).data?.deletion_time).toBe('')
  })

  test('versions written before keep their own', async () => {
    const mount = fresh()
    await write(mount, 'a', { n: 1 })
    await mount.call('update', 'config', { delete_version_after: '1m' })
    expect(await readAfter(mount, 3600)).toEqual({ n: 1 })
  })
})
