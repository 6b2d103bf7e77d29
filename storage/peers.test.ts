import { expect, test } from 'vitest'
import type { Outcome, Transaction } from './backend.ts'
import { json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore } from './sealed-store.ts'
import { testingCipher } from './testing-cipher.ts'

const text = json<string>()

/** A backend whose replies to commits can be held up: they are made at once, and told after `beforeReply`. */
class SlowReplies extends MemoryBackend {
  beforeReply: () => Promise<void> = async () => {}

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
