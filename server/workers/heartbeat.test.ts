import { expect, test } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

test('what is not answered is counted, an answer or a failure begins anew', async () => {
  const heartbeat = new Heartbeat()
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let asked = 0
  const probe = () => heartbeat.probe(() => answers[asked++]?.promise ?? Promise.resolve())
  expect([probe(), probe(), probe()]).toEqual([0, 1, 2])
  expect(asked).toBe(1)
  answers[0]?.resolve()
  await answers[0]?.promise
  expect([probe(), probe()]).toEqual([0, 1])
  answers[1]?.reject(new Error('gone'))
  await answers[1]?.promise.catch(() => {})
  expect(probe()).toBe(0)
  expect(asked).toBe(3)
})
