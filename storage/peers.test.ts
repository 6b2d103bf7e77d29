import { expect, test } from 'vitest'
import type { Listing, ListPage, Outcome, Transaction } from './backend.ts'
import { json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore } from './sealed-store.ts'
import { testingCipher } from './testing-cipher.ts'

const text = json<string>()

/** A backend whose replies to commits can be held up: they are made at once, and told after `beforeReply`. */
class SlowReplies extends MemoryBackend {
  beforeReply: () => Promise<void> = async () => {}

  beforeList: (page: ListPage) => Promise<void> = async () => {}

  override list(prefix: string, page: ListPage): Listing {
    // As a backend across a network: what comes between two pages is in the second only.
    return this.beforeList(page).then(() => super.list(prefix, page)) as unknown as Listing
  }

  override async commit(transactions: readonly Transaction[]): Promise<Outcome[]> {
    const outcomes = await super.commit(transactions)
    await this.beforeReply()
    return outcomes
  }
}

/** Two peers over one store: each has its own backend object, as each has its own process. */
function peers() {
  const backend = new SlowReplies()
  const cipher = testingCipher()
  const mine = createStore({ backend, cipher, prefix: '' })
  /** Commits past the timeline of `mine`, as another process does. */
  const byOther = async (writes: Readonly<Record<string, string | null>>) => {
    const sealed = Object.entries(writes).map(([path, value]) => {
      const envelope = value === null ? null : Buffer.concat([Buffer.alloc(1), text.encode(value)])
      return { path, value: envelope && cipher.seal(path, envelope) }
    })
    await MemoryBackend.prototype.commit.call(backend, [{ reads: [], lists: [], writes: sealed }])
  }
  return { backend, mine, byOther }
}

test('the reply to a commit that another has overtaken does not bring its old value back', async () => {
  const { backend, mine, byOther } = peers()
  backend.beforeReply = async () => {
    backend.beforeReply = async () => {}
    await byOther({ a: 'newer' })
    await mine.refresh() // told of both commits before its own reply came
  }
  await mine.transaction(async (tx) => tx.put('a', 'older', text))
  await mine.refresh()
  expect(await mine.get('a', text)).toBe('newer')
})

test('an absence that is newer than what the cache holds is not believed to be as old', async () => {
  const { mine, byOther } = peers()
  await byOther({ a: 'first', b: 'there' })
  await mine.refresh()
  expect(await mine.get('a', text)).toBe('first')
  await byOther({ a: 'second', b: null })
  const seen = await mine.transaction(async (tx) => [await tx.get('a', text), await tx.get('b', text)])
  expect(seen).toEqual(['second', undefined]) // 'first' and no b never were true together
})

test('a listing of many pages that a change came into is made again', async () => {
  const { backend, mine, byOther } = peers()
  const names = Array.from({ length: 10_050 }, (_, at) => `l/${String(at).padStart(6, '0')}`)
  await byOther(Object.fromEntries(names.map((name) => [name, ''])))
  await mine.refresh()
  backend.beforeList = async ({ after }) => {
    if (after === '') return
    backend.beforeList = async () => {}
    await byOther({ [names[0] ?? '']: null, 'l/z': '' }) // moved from the first page to the last
  }
  const listed = await mine.transaction((tx) => tx.list('l/'))
  expect(listed).toEqual([...names.slice(1).map((name) => name.slice(2)), 'z'])
})

test('when the store was put back to an earlier state, nothing of the later one is remembered', async () => {
  const states = [new MemoryBackend(), new MemoryBackend()] as const
  const cipher = testingCipher()
  const [early, late] = states.map((backend) => createStore({ backend, cipher, prefix: '' }))
  for (const store of [early, late]) await store?.transaction(async (tx) => tx.put('a', 'early', text))
  await late?.transaction(async (tx) => tx.put('a', 'late', text))
  const switched = new Switched(states[1])
  const store = createStore({ backend: switched, cipher, prefix: '' })
  await store.refresh()
  expect(await store.get('a', text)).toBe('late')
  switched.backend = states[0]
  await store.refresh()
  expect(await store.get('a', text)).toBe('early')
})

/** A backend whose data are exchanged under it, as a restored database's are. */
class Switched extends MemoryBackend {
  backend: MemoryBackend

  constructor(backend: MemoryBackend) {
    super()
    this.backend = backend
  }

  override readIndex() {
    return this.backend.readIndex()
  }

  override get(paths: readonly string[]) {
    return this.backend.get(paths)
  }

  override changes(since: number) {
    return this.backend.changes(since)
  }
}
