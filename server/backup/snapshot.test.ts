import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../storage/backend.ts'
import { FaultyBackend } from '../../storage/faulty.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { copyInto, isBeingRestored } from './copy.ts'
import type { Meta } from './format.ts'
import { entriesOf, examine } from './read-snapshot.ts'
import { publicBytesOf } from './signing-key.ts'
import { memberHeader } from './tar.ts'
import { writeSnapshot } from './write-snapshot.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-snapshot-'))
afterAll(() => rmSync(folder, { recursive: true }))

const keys = () => generateKeyPairSync('ed25519')
const ours = keys()
const entry = (at: number, bytes = 40): Entry => ({
  path: `ns/root/${String(at).padStart(4, '0')}`,
  value: randomBytes(bytes),
  revision: at + 1,
  expiresAtMs: at % 3 === 0 ? 1_700_000_000_000 + at : undefined,
})
const batchesOf = (counts: readonly number[]): Entry[][] => {
  let at = 0
  return counts.map((count) => Array.from({ length: count }, () => entry(at++)))
}

/** The archive, not compressed. */
async function archive(batches: readonly Entry[][], key: KeyObject = ours.privateKey, id = 'one'): Promise<Buffer> {
  const meta: Meta = {
    id,
    clusterId: 'cluster',
    clusterName: 'name',
    revision: 9,
    createdMs: 1_700_000_000_000,
    publicKey: publicBytesOf(key),
  }
  const pieces: Buffer[] = []
  for await (const piece of writeSnapshot(meta, stream(batches), key)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items
}

let files = 0
function written(bytes: Buffer): string {
  const file = path.join(folder, `${++files}.snap`)
  writeFileSync(file, bytes)
  return file
}

async function contentOf(file: string): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const batch of entriesOf(await examine(file))) all.push(...batch)
  return all
}

/** Each member's bytes, header and padding included, by name. */
function membersIn(tar: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>()
  for (let at = 0; tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8)
    const end = at + 512 + Math.ceil(size / 512) * 512
    members.set(tar.toString('latin1', at, at + 100).replace(/\0.*$/s, ''), tar.subarray(at, end))
    at = end
  }
  return members
}
const packed = (members: Iterable<Buffer>) => gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]), { level: 0 })

describe('a snapshot file', () => {
  test('gives back what was written', async () => {
    for (const counts of [[], [1], [5, 1, 30]]) {
      const batches = batchesOf(counts)
      const file = written(gzipSync(await archive(batches)))
      expect(await contentOf(file)).toEqual(batches.flat())
      const { meta, totals } = await examine(file, ours.publicKey)
      expect(meta).toMatchObject({ id: 'one', clusterId: 'cluster', revision: 9, createdMs: 1_700_000_000_000 })
      expect(totals.entries).toBe(batches.flat().length)
    }
  })

  test('with any bit flipped is refused, or says the same', async () => {
    const batches = batchesOf([3, 3])
    const whole = gzipSync(await archive(batches), { level: 0 })
    for (let at = 0; at < whole.length; at += 5) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      const found = await contentOf(written(bytes)).catch((error: Error) => error)
      // Some bits mean nothing: the time in the head of gzip, the name of the system that made it.
      if (found instanceof Error) expect([at, found.name]).toEqual([at, 'ArchiveError'])
      else expect([at, found]).toEqual([at, batches.flat()])
    }
  })

  test('cut off anywhere is refused', async () => {
    const whole = gzipSync(await archive(batchesOf([3, 3])), { level: 0 })
    for (let length = 0; length < whole.length; length += 11) {
      await expect(examine(written(whole.subarray(0, length)))).rejects.toMatchObject({ name: 'ArchiveError' })
    }
  })

  test('says where it is damaged', async () => {
    const members = membersIn(await archive(batchesOf([3, 3, 3])))
    const second = Buffer.from(members.get('entries/00000002') as Buffer)
    second[600] = (second[600] ?? 0) ^ 1
    const file = written(packed(new Map([...members, ['entries/00000002', second]]).values()))
    await expect(examine(file)).rejects.toMatchObject({ place: 'entries/00000002' })
  })

  const hostile: Record<string, Entry[]> = {
    'a member without entries': [],
    'more entries in a member than are ever written together': Array.from({ length: 10_001 }, (_, at) => entry(at, 0)),
    'a path where no storage writes': [{ ...entry(1), path: '/a' }],
    'an expiry that is no time': [{ ...entry(1), expiresAtMs: Number.NaN }],
  }
  test.for(Object.entries(hostile))('signed, with %s, is refused as soon as it is read', async ([, entries]) => {
    const whole = await archive([entries])
    const upToThere = whole.subarray(0, whole.indexOf('totals.json'))
    await expect(examine(written(gzipSync(upToThere)))).rejects.toMatchObject({
      place: 'entries/00000001',
      message: expect.stringMatching(/its entries/),
    })
  })

  test('with a small member that is large is refused before that is read', async () => {
    const header = memberHeader('meta.json', 100_000, 0)
    await expect(examine(written(gzipSync(header)))).rejects.toMatchObject({
      place: 'meta.json',
      message: 'it is larger than any that is written',
    })
  })

  const rearranged: Record<string, (one: Map<string, Buffer>, other: Map<string, Buffer>) => (Buffer | undefined)[]> = {
    'two members in each other’s place': (one) => {
      const all = [...one.values()]
      return [all[0], all[2], all[1], ...all.slice(3)]
    },
    'two members under each other’s name': (one) => {
      const [meta, first, second, ...rest] = [...one.values()] as [Buffer, Buffer, Buffer, ...Buffer[]]
      const swap = (head: Buffer, body: Buffer) => Buffer.concat([head.subarray(0, 512), body.subarray(512)])
      return [meta, swap(first, second), swap(second, first), ...rest]
    },
    'a member left out': (one) => [...one].filter(([name]) => name !== 'entries/00000002').map(([, body]) => body),
    'the last entries left out': (one) => [...one].filter(([name]) => name !== 'entries/00000003').map(([, b]) => b),
    'a member twice': (one) =>
      [...one].flatMap(([name, body]) => (name === 'entries/00000002' ? [body, body] : [body])),
    'a member of another snapshot': (one, other) => [
      ...new Map([...one, ['entries/00000002', other.get('entries/00000002')]]).values(),
    ],
    'the entries of another snapshot': (one, other) => [one.get('meta.json'), ...[...other.values()].slice(1)],
    'no signature': (one) => [...one].filter(([name]) => name !== 'SHA256SUMS.sealed').map(([, body]) => body),
    'the signature of another snapshot': (one, other) => [
      ...new Map([...one, ['SHA256SUMS.sealed', other.get('SHA256SUMS.sealed')]]).values(),
    ],
    'something behind its end': (one) => [...one.values(), one.get('meta.json')],
  }
  test.for(Object.entries(rearranged))('with %s is refused', async ([, change]) => {
    // Of one size, so that only the bytes tell them apart.
    const [one, other] = [
      membersIn(await archive(batchesOf([3, 3, 3]))),
      membersIn(await archive(batchesOf([3, 3, 3]), ours.privateKey, 'two')),
    ]
    const file = written(packed(change(one, other).filter((body) => body !== undefined)))
    await expect(examine(file)).rejects.toMatchObject({ name: 'ArchiveError' })
  })

  test('signed by another vault is told from ours', async () => {
    const file = written(gzipSync(await archive(batchesOf([2]), keys().privateKey)))
    await examine(file)
    await expect(examine(file, ours.publicKey)).rejects.toMatchObject({ place: 'meta.json' })
  })

  test('that changes after it was examined is not read', async () => {
    const whole = gzipSync(await archive(batchesOf([3, 3])), { level: 0 })
    const file = written(whole)
    const examined = await examine(file)
    writeFileSync(file, gzipSync(await archive(batchesOf([3, 3]))))
    await expect(entriesOf(examined).next()).rejects.toMatchObject({ place: 'entries/00000001' })
    expect(gunzipSync(whole).length).toBeGreaterThan(0)
  })
})

describe('a copy into a storage', () => {
  test('is everything, and marks nothing', async () => {
    const [backend, batches] = [new MemoryBackend(), batchesOf([5, 5])]
    const copied = await copyInto(backend, stream(batches))
    expect(copied.entries).toBe(10)
    expect(await isBeingRestored(backend)).toBe(false)
    const { names } = backend.list('', { recursive: true, after: '', limit: 100 })
    const found = backend.get(names)
    expect(found.map((one) => one && { ...one, revision: 0 })).toEqual(
      batches.flat().map((one) => ({ ...one, revision: 0 })),
    )
  })

  test('is refused where there is something', async () => {
    const backend = new MemoryBackend()
    await backend.commit([{ reads: [], lists: [], writes: [{ path: 'a', value: Buffer.from('a') }] }])
    await expect(copyInto(backend, stream(batchesOf([1])))).rejects.toMatchObject({ code: 'invalid' })
    expect(await isBeingRestored(backend)).toBe(false)
  })

  test.for(['refused', 'applied, reply lost', 'unreadable'] as const)(
    'that meets a fault (%s) at any point leaves a marker, nothing, or everything, and is run again',
    async (fate) => {
      const batches = batchesOf([2, 2, 2])
      for (let nth = 1, fired = true; fired; nth++) {
        const disk = new MemoryBackend()
        const faulty = new FaultyBackend(disk, nth, fate)
        const outcome = await copyInto(faulty, stream(batches)).catch((error: Error) => error)
        fired = faulty.fired
        const { names } = disk.list('', { recursive: true, after: '', limit: 100 })
        const isPartial = names.length > 0 && names.length < 6
        if (isPartial) expect(await isBeingRestored(disk)).toBe(true)
        if (!(outcome instanceof Error)) expect(names).toHaveLength(6)
        if (names.length !== 6) expect((await copyInto(disk, stream(batches))).entries).toBe(6)
      }
    },
  )

  test('does not end when something else wrote there, or its end is forbidden', async () => {
    const backend = new MemoryBackend()
    async function* meddled(): AsyncGenerator<Entry[], void> {
      yield [entry(1)]
      await backend.commit([{ reads: [], lists: [], writes: [{ path: 'x', value: Buffer.from('x') }] }])
    }
    await expect(copyInto(backend, meddled())).rejects.toMatchObject({ code: 'corrupt' })
    const forbid = async () => {
      throw new Error('not now')
    }
    await expect(copyInto(backend, stream(batchesOf([2])), forbid)).rejects.toThrow('not now')
    expect(await isBeingRestored(backend)).toBe(true)
  })
})
