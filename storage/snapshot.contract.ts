import { afterEach, describe, expect, test } from 'vitest'
import {
  type Backend,
  type Entry,
  SNAPSHOT_BATCH_BYTES,
  SNAPSHOT_BATCH_ENTRIES,
  type Snapshot,
  type Write,
} from './backend.ts'
import { compareBytes } from './byte-order.ts'

const put = (path: string, text = path, expiresAtMs?: number): Write => ({
  path,
  value: Buffer.from(text),
  expiresAtMs,
})
const write = (backend: Backend, ...writes: Write[]) => backend.commit([{ reads: [], lists: [], writes }])

async function read(snapshot: Snapshot): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const batch of snapshot.batches) entries.push(...batch)
  return entries
}

/** What backend.ts promises of snapshots, as tests. `open` gives a new, empty backend; the suite closes it. */
export function snapshotContract(name: string, open: () => Promise<Backend>): void {
  describe(`snapshots: ${name}`, () => {
    const opened: Backend[] = []
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((backend) => backend.close()))
    })
    snapshots(async () => {
      const backend = await open()
      opened.push(backend)
      return backend
    })
  })
}

function snapshots(fresh: () => Promise<Backend>): void {
  test('a snapshot of an empty store is empty', async () => {
    const snapshot = await (await fresh()).snapshot()
    expect(snapshot.revision).toBe(0)
    expect(await read(snapshot)).toEqual([])
  })

  test('a snapshot has every entry once, in byte order, as it was at its revision', async () => {
    const backend = await fresh()
    const paths = Array.from({ length: SNAPSHOT_BATCH_ENTRIES * 2 + 7 }, (_, at) => `p/${at}`)
    await write(backend, ...paths.map((path) => put(path)), put('\u{ffff}'), put('\u{1f511}', 'due', 12))
    await write(backend, put('p/3', 'second'))
    const snapshot = await backend.snapshot()
    expect(snapshot.revision).toBe(2)
    const seen: Entry[] = []
    for await (const batch of snapshot.batches) {
      expect(batch.length).toBeLessThanOrEqual(SNAPSHOT_BATCH_ENTRIES)
      seen.push(...batch)
      // Everything changes while it is read: what came, went or is new must not show.
      await write(backend, { path: 'p/0', value: null }, put('p/9999', 'late'), put('p/1000', 'late'), put('a', 'late'))
    }
    expect(seen.map(({ path }) => path)).toEqual([...paths, '\u{ffff}', '\u{1f511}'].sort(compareBytes))
    for (const { path, value, revision, expiresAtMs } of seen) {
      const [text, at, due] = path === 'p/3' ? ['second', 2] : path === '\u{1f511}' ? ['due', 1, 12] : [path, 1]
      expect([path, Buffer.from(value).toString(), revision, expiresAtMs]).toEqual([path, text, at, due])
    }
    expect((await read(await backend.snapshot())).find(({ path }) => path === 'p/9999')).toBeDefined()
  })

  test('a batch ends with the value that takes it to its bound of bytes', async () => {
    const backend = await fresh()
    const large = Buffer.alloc(SNAPSHOT_BATCH_BYTES * 0.4, 'large')
    await write(backend, ...Array.from({ length: 10 }, (_, at) => ({ path: `v/${at}`, value: large })), put('w'))
    const sizes: number[] = []
    for await (const batch of (await backend.snapshot()).batches) {
      sizes.push(batch.length)
      for (const { path, value } of batch) if (path !== 'w') expect(Buffer.compare(value, large)).toBe(0)
    }
    expect(sizes).toEqual([3, 3, 3, 2])
  })

  test('several snapshots are read at a time, each at its own revision', async () => {
    const backend = await fresh()
    const taken: Snapshot[] = []
    for (let at = 1; at <= 4; at++) {
      await write(backend, put('one', `${at}`), put('two', `${at}`))
      taken.push(await backend.snapshot())
    }
    const read1 = await Promise.all(taken.map(read))
    const texts = read1.map((entries) => entries.map(({ value }) => Buffer.from(value).toString()))
    expect(texts).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
      ['4', '4'],
    ])
  })

  test('a snapshot that is left, closed, or whose backend is closed gives nothing more', async () => {
    const backend = await fresh()
    await write(backend, ...Array.from({ length: SNAPSHOT_BATCH_ENTRIES + 1 }, (_, at) => put(`p/${at}`)))
    const left = await backend.snapshot()
    for await (const _ of left.batches) break
    expect(await read(left)).toEqual([])
    const closed = await backend.snapshot()
    await Promise.all([closed.close(), closed.close()])
    await expect(read(closed)).rejects.toMatchObject({ code: 'closed' })
    const orphan = await backend.snapshot()
    const batches = orphan.batches[Symbol.asyncIterator]()
    await batches.next()
    await backend.close()
    await expect(batches.next()).rejects.toMatchObject({ code: 'closed' })
    await expect((async () => backend.snapshot())()).rejects.toMatchObject({ code: 'closed' })
  })
}
