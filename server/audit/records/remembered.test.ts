import { expect, test } from 'vitest'
import { Remembered } from './remembered.ts'

test('it gives what is made of each text, and makes anew little of what comes again and again', () => {
  const remembered = new Remembered()
  const often = Array.from({ length: 200 }, (_, n) => `often ${n}`)
  const madeOften = new Map<string, number>()
  const make = (text: string): string => {
    if (text.startsWith('often')) madeOften.set(text, (madeOften.get(text) ?? 0) + 1)
    return `made of ${text}`
  }
  for (let round = 0; round < 500; round++) {
    for (const text of [...often, `once ${round}`, '']) expect(remembered.of(text, make)).toBe(`made of ${text}`)
  }
  const made = [...madeOften.values()].reduce((sum, count) => sum + count, 0)
  expect(made).toBeLessThan((often.length * 500) / 10)
})

test('what was cleared is made anew', () => {
  const remembered = new Remembered()
  for (let n = 0; n < 100; n++) remembered.of('text', () => 'before')
  expect(remembered.of('text', () => 'after')).toBe('before')
  remembered.clear()
  expect(remembered.of('text', () => 'after')).toBe('after')
})
