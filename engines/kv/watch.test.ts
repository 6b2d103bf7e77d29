import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FeedStep, Store } from '../../storage/store.ts'
import type { EngineContext } from '../engine.ts'
import { PLAIN } from './upgrade.ts'
import { watched } from './watch.ts'

test('secrets that changed are read together, a bounded number at a time, and told in their order', async () => {
  const changes = Array.from({ length: 150 }, (_, n) => ({ path: `${PLAIN}${n}`, revision: n + 1 }))
  let reading = 0
  let most = 0
  const store: Pick<Store, 'follow' | 'entry'> = {
    async *follow(): AsyncGenerator<FeedStep, void> {
      yield { kind: 'changes', changes, revision: 150 }
    },
    async entry(path) {
      most = Math.max(most, ++reading)
      // The later a secret changed, the sooner it is read.
      for (let n = Number(path.slice(PLAIN.length)); n < 150; n += 10) await turn()
      reading--
      return undefined
    },
  }
  const fields = { path: '', watch: true, after_revision: undefined }
  const { events } = watched({ fields, signal: undefined }, { store } as EngineContext, 'plain', '')
  const told: unknown[] = []
  for await (const { data } of events ?? []) if (data !== undefined) told.push(data.revision)
  expect(told).toEqual([...changes.map(({ revision }) => revision), 150])
  expect(most).toBe(64)
})
