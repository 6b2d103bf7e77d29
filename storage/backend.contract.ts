import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Awaitable,
  type Backend,
  CHANGES_KEPT,
  COMMIT_MAX_TRANSACTIONS,
  type ListCheck,
  type Outcome,
  PATH_MAX_BYTES,
  type ReadCheck,
  type Transaction,
  type Write,
} from './backend.ts'
import { dueContract } from './due.contract.ts'
import { groupContract } from './group.contract.ts'
import { listContract } from './list.contract.ts'

const bytes = (text: string) => Buffer.from(text)
const put = (path: string, text = path, expiresAtMs?: number): Write => ({ path, value: bytes(text), expiresAtMs })
const remove = (path: string): Write => ({ path, value: null })
const transaction = (writes: Write[], reads: ReadCheck[] = [], lists: ListCheck[] = []): Transaction => ({
  reads,
  lists,
  writes,
})
const committed = (revision: number): Outcome => ({ kind: 'committed', revision })
const conflict = (path: string): Outcome => ({ kind: 'conflict', path })
const codeOf = async (call: () => Awaitable<unknown>) => {
  try {
    await call()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'no error'
}

/** What backend.ts promises, as tests. `open` gives a new, empty backend; the suite closes it. */
export function backendContract(name: string, open: () => Promise<Backend>): void {
  describe(`backend contract: ${name}`, () => {
    const opened: Backend[] = []
    const fresh = async () => {
      const backend = await open()
      opened.push(backend)
      return backend
    }
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((backend) => backend.close()))
    })
    commits(fresh)
    checks(fresh)
    listContract(fresh)
    groupContract(fresh)
    changes(fresh)
    dueContract(fresh)
    bounds(fresh)
    lifetime(fresh)
  })
}

/** Text that no index can make smaller. */
function incompressible(length: number): string {
  const letters = fc.sample(fc.integer({ min: 0x21, max: 0x7e }), { seed: 3, numRuns: length })
  return String.fromCharCode(...letters).replaceAll('/', '+')
}

type Fresh = () => Promise<Backend>

function commits(fresh: Fresh): void {
  test('a new store is empty, at revision 0', async () => {
    const backend = await fresh()
    expect(await backend.readIndex()).toBe(0)
    expect(await backend.get(['a'])).toEqual([undefined])
    expect(await backend.list('', { recursive: true, after: '', limit: 10 })).toEqual({ names: [], revision: 0 })
    expect(await backend.changes(0)).toEqual({ kind: 'paths', paths: [], revisions: [], revision: 0 })
    expect(await backend.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
  })

  test('each transaction that writes gets a revision of its own, be it only a delete of nothing', async () => {
    const backend = await fresh()
    const group = [
      transaction([put('a'), put('b')]),
      transaction([]),
      transaction([remove('x')]),
      transaction([put('a', 'new')]),
    ]
    expect(await backend.commit(group)).toEqual([committed(1), committed(1), committed(2), committed(3)])
    expect(await backend.readIndex()).toBe(3)
    expect(await backend.get(['b', 'none', 'a', 'b'])).toMatchObject([
      { path: 'b', revision: 1, value: bytes('b') },
      undefined,
      { path: 'a', revision: 3, value: bytes('new') },
      { path: 'b', revision: 1 },
    ])
    expect(await backend.commit([])).toEqual([])
  })

  const values: Record<string, Buffer> = {
    'no byte': Buffer.alloc(0),
    'every byte': Buffer.from(Array.from({ length: 256 }, (_, at) => at)),
    'a megabyte and some': Buffer.alloc(1_100_003, 'egide'),
  }
  for (const [what, value] of Object.entries(values)) {
    test(`a value of ${what} comes back as it was, new and replaced`, async () => {
      const backend = await fresh()
      for (let round = 1; round <= 2; round++) {
        await backend.commit([transaction([{ path: 'v', value }, put('w')])])
        const [entry] = await backend.get(['v'])
        expect(Buffer.compare(entry?.value ?? bytes('none'), value)).toBe(0)
        expect(entry?.revision).toBe(round)
      }
    })
  }

  test('paths are any text up to the bound', async () => {
    const backend = await fresh()
    const paths = [
      'é/ü',
      '\u{1f511}',
      '\u{ffff}',
      ' ',
      'a//b',
      '..',
      "'; drop table entry",
      '%',
      '_',
      '\u{10ffff}'.repeat(PATH_MAX_BYTES / 4),
      incompressible(PATH_MAX_BYTES),
    ]
    await backend.commit([transaction(paths.map((path) => put(path, 'v')))])
    expect((await backend.get(paths)).map((entry) => entry?.path)).toEqual(paths)
    const { names } = await backend.list('', { recursive: true, after: '', limit: 100 })
    expect(names).toEqual([...paths].sort((a, b) => Buffer.compare(bytes(a), bytes(b))))
  })

  test('nobody can change what is stored through a buffer they hold', async () => {
    const backend = await fresh()
    const mine = bytes('original')
    const committing = backend.commit([transaction([{ path: 'a', value: mine }])])
    await committing
    mine.fill(0)
    const [first] = await backend.get(['a'])
    expect(first?.value).toEqual(bytes('original'))
    first?.value.fill(0)
    expect((await backend.get(['a']))[0]?.value).toEqual(bytes('original'))
  })

  test('an expiry is kept, replaced and taken away with its value', async () => {
    const backend = await fresh()
    for (const expiresAtMs of [Number.MAX_SAFE_INTEGER, 1_700_000_000_000, 0, -5, undefined, 2 ** 51 + 1]) {
      await backend.commit([transaction([put('a', 'v', expiresAtMs)])])
      expect((await backend.get(['a']))[0]?.expiresAtMs).toBe(expiresAtMs)
      const due = expiresAtMs === undefined ? [] : [{ expiresAtMs, path: 'a' }]
      expect(await backend.due(Number.MAX_SAFE_INTEGER, 5)).toEqual(due)
    }
    await backend.commit([transaction([remove('a')])])
    expect(await backend.due(Number.MAX_SAFE_INTEGER, 5)).toEqual([])
  })

  test('commits that are made at once are made one after the other, in their order', async () => {
    const backend = await fresh()
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, at) => backend.commit([transaction([put('c', `${at}`)])])),
    )
    expect(all.flat()).toEqual(Array.from({ length: 30 }, (_, at) => committed(at + 1)))
    expect((await backend.get(['c']))[0]?.value).toEqual(bytes('29'))
  })

  test('a full group of transactions commits', async () => {
    const backend = await fresh()
    const group = Array.from({ length: COMMIT_MAX_TRANSACTIONS }, (_, at) => transaction([put(`n/${at}`)]))
    expect((await backend.commit(group)).at(-1)).toEqual(committed(COMMIT_MAX_TRANSACTIONS))
  })
}

function checks(fresh: Fresh): void {
  test('a transaction whose reads are stale writes nothing, and those around it commit', async () => {
    const backend = await fresh()
    await backend.commit([transaction([put('a')]), transaction([put('b')])])
    const group = [
      transaction(
        [put('a', '2')],
        [
          { path: 'a', revision: 1 },
          { path: 'none', revision: 0 },
        ],
      ),
      transaction(
        [put('x'), put('b', 'stale')],
        [
          { path: 'b', revision: 2 },
          { path: 'a', revision: 1 },
        ],
      ),
      transaction([put('y')], [{ path: 'a', revision: 3 }]),
      transaction([put('z')], [{ path: 'y', revision: 0 }]),
      transaction([put('z')], [{ path: 'none', revision: 1 }]),
    ]
    expect(await backend.commit(group)).toEqual([
      committed(3),
      conflict('a'),
      committed(4),
      conflict('y'),
      conflict('none'),
    ])
    expect((await backend.get(['x', 'b', 'y', 'z'])).map((entry) => entry?.revision)).toEqual([
      undefined,
      2,
      4,
      undefined,
    ])
    expect(await backend.readIndex()).toBe(4)
  })

  test('of several checks that fail the first is told: reads in their order, then lists', async () => {
    const backend = await fresh()
    await backend.commit([transaction([put('a'), put('b')])])
    const [a, b] = [
      { path: 'a', revision: 0 },
      { path: 'b', revision: 0 },
    ]
    const lists = [{ prefix: '', since: 0 }]
    // A path that is also written, first or not, is checked in its turn.
    for (const writes of [[put('a')], [put('b')], [put('c')], [put('c'), put('a')], [remove('a')], []]) {
      for (const [reads, path] of [
        [[a, b], 'a'],
        [[b, a], 'b'],
        [[a], 'a'],
        [[], ''],
      ] as const) {
        expect(await backend.commit([transaction(writes, [...reads], lists)])).toEqual([conflict(path)])
      }
    }
    expect(await backend.readIndex()).toBe(1)
  })

  test('a path deleted and created anew is not the one that was read', async () => {
    const backend = await fresh()
    await backend.commit([transaction([put('a')]), transaction([remove('a')]), transaction([put('a')])])
    expect(await backend.commit([transaction([put('b')], [{ path: 'a', revision: 1 }])])).toEqual([conflict('a')])
    expect(await backend.commit([transaction([put('b')], [{ path: 'a', revision: 3 }])])).toEqual([committed(4)])
  })

  const since: Record<string, [writes: Write[], prefix: string, holds: boolean]> = {
    'a path created below': [[put('l/new')], 'l/', false],
    'a path created deep below': [[put('l/d/e/new')], 'l/', false],
    'a path deleted': [[remove('l/old')], 'l/', false],
    'a new value': [[put('l/old', 'again')], 'l/', true],
    'a delete of what was not there': [[remove('l/none')], 'l/', true],
    'a path created beside': [[put('la'), put('l0/x'), put('k/x'), put('l')], 'l/', true],
    'anything created, for the whole': [[put('q')], '', false],
    'a new value, for the whole': [[put('l/old', 'again')], '', true],
  }
  for (const [what, [writes, prefix, holds]] of Object.entries(since)) {
    test(`a list check ${holds ? 'holds' : 'fails'} after ${what}`, async () => {
      for (const together of [true, false]) {
        const backend = await fresh()
        await backend.commit([transaction([put('l/old')])])
        const [change, check] = [transaction(writes), transaction([put('z/z')], [], [{ prefix, since: 1 }])]
        const outcomes = together
          ? await backend.commit([change, check])
          : [...(await backend.commit([change])), ...(await backend.commit([check]))]
        expect(outcomes[1]).toEqual(holds ? committed(3) : conflict(prefix))
      }
    })
  }

  test('checks alone commit without a revision of their own', async () => {
    const backend = await fresh()
    await backend.commit([transaction([put('a')])])
    const only = transaction([], [{ path: 'a', revision: 1 }], [{ prefix: '', since: 1 }])
    expect(await backend.commit([only, only])).toEqual([committed(1), committed(1)])
    expect(await backend.readIndex()).toBe(1)
  })
}

function changes(fresh: Fresh): void {
  test('changes are the paths written since, once each, with who wrote them last', async () => {
    const backend = await fresh()
    await backend.commit([
      transaction([put('a'), put('b')]),
      transaction([put('a')]),
      transaction([remove('b'), remove('none')]),
    ])
    const since = async (revision: number) => {
      const changes = await backend.changes(revision)
      return changes.kind === 'paths'
        ? changes.paths.map((path, at) => `${path} ${changes.revisions[at]}`).sort()
        : changes.kind
    }
    expect(await since(0)).toEqual(['a 2', 'b 3'])
    expect(await since(1)).toEqual(['a 2', 'b 3'])
    expect(await since(2)).toEqual(['b 3'])
    expect(await since(3)).toEqual([])
    expect(await since(4)).toBe('resync') // a revision from another life of the store
    if (backend.look !== undefined) expect(await backend.look(1)).toEqual(await backend.changes(1))
  })

  test('old changes are forgotten: caches start anew, and old list checks conflict', async () => {
    const backend = await fresh()
    for (let at = 0; at < 3; at++) {
      await backend.commit([transaction(Array.from({ length: CHANGES_KEPT }, (_, path) => put(`p/${path}`, 'v')))])
    }
    await backend.commit([transaction([put('q')])])
    expect(await backend.changes(0)).toEqual({ kind: 'resync', revision: 4 })
    expect(await backend.changes(3)).toEqual({ kind: 'paths', paths: ['q'], revisions: [4], revision: 4 })
    const check = (sinceRevision: number) =>
      transaction([put('r')], [], [{ prefix: 'unrelated/', since: sinceRevision }])
    expect(await backend.commit([check(0), check(3)])).toEqual([conflict('unrelated/'), committed(5)])
  })

  test('one group with more changes than are kept loses none in silence', async () => {
    const backend = await fresh()
    const group = Array.from({ length: 4 }, (_, t) => {
      return transaction(Array.from({ length: CHANGES_KEPT }, (_, at) => put(`${t}/${at}`, 'v')))
    })
    await backend.commit(group)
    expect(await backend.changes(0)).toEqual({ kind: 'resync', revision: 4 })
    const newest = await backend.changes(3)
    if (newest.kind === 'paths') expect(newest.paths.length).toBe(CHANGES_KEPT)
  })
}

function bounds(fresh: Fresh): void {
  const page = { recursive: false, after: '', limit: 10 }
  const refused: Record<string, (backend: Backend) => Awaitable<unknown>> = {
    'no path': (backend) => backend.get([]),
    'too many paths': (backend) => backend.get(Array(1001).fill('a')),
    'an empty path': (backend) => backend.get(['']),
    'a path that starts in "/"': (backend) => backend.get(['/a']),
    'a path that ends in "/"': (backend) => backend.commit([transaction([put('a/')])]),
    'a path with a NUL': (backend) => backend.commit([transaction([put('a\0b')])]),
    'half a surrogate pair': (backend) => backend.commit([transaction([put('a\ud800')])]),
    'a path that is too long': (backend) =>
      backend.commit([transaction([put('é'.repeat(PATH_MAX_BYTES / 2 + 1), '')])]),
    'a prefix without its "/"': (backend) => backend.list('a', page),
    'a page of nothing': (backend) => backend.list('', { ...page, limit: 0 }),
    'a page too large': (backend) => backend.list('', { ...page, limit: 10_001 }),
    'a fraction of a page': (backend) => backend.list('', { ...page, limit: 1.5 }),
    'a name with a NUL': (backend) => backend.list('', { ...page, after: '\0' }),
    'a negative revision': (backend) => backend.changes(-1),
    'a time that is none': (backend) => backend.due(Number.NaN, 1),
    'a limit of due paths': (backend) => backend.due(0, 0),
    'a place among due paths at no time': (backend) => backend.due(0, 1, { expiresAtMs: 0.5, path: 'a' }),
    'a place among due paths with a NUL': (backend) => backend.due(0, 1, { expiresAtMs: 0, path: 'a\0b' }),
    'an expiry with a fraction': (backend) => backend.commit([transaction([put('a', '', 0.5)])]),
    'two writes of one path': (backend) => backend.commit([transaction([put('a'), remove('a')])]),
    'two writes of one path among many': (backend) =>
      backend.commit([transaction([...Array.from({ length: 100 }, (_, n) => put(`a${n}`)), put('a7')])]),
    'a transaction with too many items': (backend) =>
      backend.commit([transaction([], Array(20_001).fill({ path: 'a', revision: 0 }))]),
    'too many transactions': (backend) => backend.commit(Array(COMMIT_MAX_TRANSACTIONS + 1).fill(transaction([]))),
    'a bad transaction after a good one': (backend) =>
      backend.commit([transaction([put('good')]), transaction([put('')])]),
  }
  test('what is out of bounds is refused, and nothing is written', async () => {
    const backend = await fresh()
    for (const [what, call] of Object.entries(refused))
      expect([what, await codeOf(() => call(backend))]).toEqual([what, 'invalid'])
    expect(await backend.readIndex()).toBe(0)
  })
}

function lifetime(fresh: Fresh): void {
  test('close waits for commits under way; later calls say that it is closed', async () => {
    const backend = await fresh()
    const committing = backend.commit([transaction([put('a')])])
    await Promise.all([backend.close(), backend.close()])
    expect(await committing).toEqual([committed(1)])
    const calls: (() => Awaitable<unknown>)[] = [
      () => backend.readIndex(),
      () => backend.get(['a']),
      () => backend.list('', { recursive: true, after: '', limit: 1 }),
      () => backend.commit([]),
      () => backend.changes(0),
      () => backend.due(0, 1),
    ]
    for (const call of calls) expect(await codeOf(call)).toBe('closed')
  })
}
