import { expect, test } from 'vitest'
import { Pulse } from './pulse.ts'

test('what is not answered is counted, an answer or a failure begins anew', async () => {
  const pulse = new Pulse()
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let asked = 0
  const feel = () => pulse.feel(() => answers[asked++]?.promise ?? Promise.resolve())
  expect([feel(), feel(), feel()]).toEqual([0, 1, 2])
  expect(asked).toBe(1)
  answers[0]?.resolve()
  await answers[0]?.promise
  expect([feel(), feel()]).toEqual([0, 1])
  answers[1]?.reject(new Error('gone'))
  await answers[1]?.promise.catch(() => {})
  expect(feel()).toBe(0)
  expect(asked).toBe(3)
})
