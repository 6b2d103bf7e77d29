import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TurnGate } from './turn-gate.ts'

test('in each turn of the event loop a few pass, in the order in which they came', async () => {
  const gate = new TurnGate(3)
  const passed: number[] = []
  const come = (n: number) => void gate.pass().then(() => passed.push(n))
  for (let n = 0; n < 7; n++) come(n)
  await Promise.resolve()
  expect(passed).toEqual([0, 1, 2])
  await turn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5])
  // Those who come later stand behind those who wait.
  for (let n = 7; n < 10; n++) come(n)
  await turn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  await turn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('after a turn in which nobody came as many pass as at first', async () => {
  const gate = new TurnGate(2)
  for (let round = 0; round < 3; round++) {
    let passed = 0
    for (let n = 0; n < 2; n++) void gate.pass().then(() => passed++)
    await Promise.resolve()
    expect(passed).toBe(2)
    await turn()
    await turn()
  }
})
