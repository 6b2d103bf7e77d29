import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Backend, Outcome, Transaction } from './backend.ts'
import { Committer } from './committer.ts'

const writing = (path: string): Transaction => ({
  reads: [],
  lists: [],
  writes: [{ path, value: Buffer.of(1), expiresAtMs: undefined }],
})

/** A backend whose commits end when the test says so. */
function slowBackend(events: string[]) {
  const underWay: PromiseWithResolvers<readonly Outcome[]>[] = []
  const backend = {
    commit(transactions: readonly Transaction[]) {
      events.push(`commit ${transactions.map(({ writes }) => writes[0]?.path).join(' ')}`)
      const ended = Promise.withResolvers<readonly Outcome[]>()
      underWay.push(ended)
      return ended.promise
    },
  } as unknown as Backend
  return { committer: new Committer(backend), next: () => underWay.shift() }
}

for (const how of ['applied', 'failed'] as const) {
  test(`what waits goes off before those whose commit has ended go on (${how})`, async () => {
    const events: string[] = []
    const { committer, next } = slowBackend(events)
    const submit = (path: string) =>
      committer
        .submit(writing(path), () => events.push(`landed ${path}`))
        .then(
          () => events.push(`${path} goes on`),
          () => events.push(`${path} fails`),
        )
    const first = submit('a')
    await setImmediate()
    const second = [submit('b'), submit('c')]
    await setImmediate()
    if (how === 'applied') next()?.resolve([{ kind: 'committed', revision: 1 }])
    else next()?.reject(new Error('lost'))
    await first
    next()?.resolve([1, 2].map((at) => ({ kind: 'committed', revision: 1 + at })))
    await Promise.all(second)
    expect(events).toEqual([
      'commit a',
      ...(how === 'applied' ? ['landed a', 'commit b c', 'a goes on'] : ['commit b c', 'a fails']),
      'landed b',
      'landed c',
      'b goes on',
      'c goes on',
    ])
  })
}
