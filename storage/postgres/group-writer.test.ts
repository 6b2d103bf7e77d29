import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Transaction } from '../backend.ts'
import { Acknowledged } from './acknowledged.ts'
import { GroupWriter } from './group-writer.ts'
import { namesOf } from './names.ts'
import type { Session } from './session.ts'
import type { Row } from './statement.ts'

const writing = (path: string): Transaction => ({ reads: [], lists: [], writes: [{ path, value: Buffer.of(1) }] })

/** A connection whose commits end when the test says so. */
class SlowSession {
  readonly isAlive = true
  readonly sent: PromiseWithResolvers<readonly Row[]>[] = []

  async query(): Promise<readonly Row[]> {
    return []
  }

  queryBound(): Promise<readonly Row[]> {
    const reply = Promise.withResolvers<readonly Row[]>()
    this.sent.push(reply)
    return reply.promise
  }

  reply(revision: number): void {
    this.sent[revision - 1]?.resolve([[`{${revision}}`]])
  }
}

test('a group goes off in the turn in which it is given, or with the end of the one before', async () => {
  const session = new SlowSession()
  const writer = new GroupWriter(
    async () => session as unknown as Session,
    namesOf('t'),
    new Acknowledged(namesOf('t')),
    {},
  )
  const connecting = writer.commit([writing('a')])
  await setImmediate()
  session.reply(1)
  await connecting
  const second = writer.commit([writing('b')])
  expect(session.sent).toHaveLength(2)
  const third = writer.commit([writing('c')])
  await setImmediate()
  expect(session.sent).toHaveLength(2)
  session.reply(2)
  expect(await second).toEqual([{ kind: 'committed', revision: 2 }])
  await setImmediate()
  expect(session.sent).toHaveLength(3)
  session.reply(3)
  expect(await third).toEqual([{ kind: 'committed', revision: 3 }])
  const fourth = writer.commit([writing('d')])
  expect(session.sent).toHaveLength(4)
  session.reply(4)
  expect(await fourth).toEqual([{ kind: 'committed', revision: 4 }])
})
