import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { columns } from './output/table.ts'
import { askHidden, printBare, printLine, warn } from './terminal.ts'

/** Clears the screen, in two spellings; goes back to the line's start; turns the direction. */
const STEERING = 'a\u001b[2J\u009b2Jb\rc\u202ed'
const SHOWN = 'a\\x1b[2J\\x9b2Jb\\x0dc\\u202ed'
/** What a text of several lines holds. */
const PLAIN = 'one\ttwo\r\nthree\n'

const { isTTY } = process.stdout
afterEach(() => {
  process.stdout.isTTY = isTTY
  vi.restoreAllMocks()
})

function written(to: 'stdout' | 'stderr', print: () => void): string {
  const write = vi.spyOn(process[to], 'write').mockReturnValue(true)
  print()
  const [text] = write.mock.lastCall ?? []
  return String(text)
}

test('what others stored does not steer a terminal', () => {
  process.stdout.isTTY = true
  expect(written('stdout', () => printLine(STEERING))).toBe(`${SHOWN}\n`)
  expect(written('stdout', () => printBare(PLAIN + STEERING))).toBe(`${PLAIN}${SHOWN}\n`)
  expect(columns([[STEERING, PLAIN]])).toBe(`${SHOWN}    one\ttwo\r\nthree`)
})

test('a pipe gets it as it is', () => {
  process.stdout.isTTY = false
  expect(written('stdout', () => printLine(STEERING))).toBe(`${STEERING}\n`)
  expect(written('stdout', () => printBare(STEERING))).toBe(STEERING)
})

test('what a server says of an error or warns of does not either', () => {
  expect(written('stderr', () => warn(PLAIN + STEERING))).toBe(`${PLAIN}${SHOWN}\n`)
})

describe('what is typed without being shown', () => {
  test('the question steers no terminal either: it may name what somebody stored', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as unknown as typeof process.stdin)
    const asked = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const answer = askHidden(`Passcode of "${STEERING}"`)
    input.write('\n')
    await answer
    expect(asked.mock.calls[0]).toEqual([`Passcode of "${SHOWN}" (will be hidden): `])
  })

  const cases: Record<string, readonly [typed: string, answer: string]> = {
    'ends with Enter': ['s.abc\rrest', 's.abc'],
    'ends with Control-D': ['s.abc\u0004', 's.abc'],
    'is taken back by characters': ['s.ab\u{1f600}\u007fx\u0008c\n', 's.abc'],
    'is taken back whole by Control-U': ['wrong\u0015s.abc\n', 's.abc'],
  }
  test.each(Object.entries(cases))('%s', async (_, [typed, answer]) => {
    const modes: boolean[] = []
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) })
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as unknown as typeof process.stdin)
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const asked = askHidden('Token')
    input.write(typed)
    expect(await asked).toBe(answer)
    expect(modes).toEqual([true, false])
  })
})
