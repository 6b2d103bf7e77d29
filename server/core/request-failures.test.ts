import { expect, test } from 'vitest'
import { EgideError } from '../../engines/errors.ts'
import { RequestFailures } from './request-failures.ts'

interface Line {
  readonly level: string
  readonly message: string | undefined
  readonly [field: string]: unknown
}

function testingFailures() {
  const lines: Line[] = []
  const into = (level: string) => (fields: object, message?: string) => lines.push({ level, message, ...fields })
  const log = { debug: into('debug'), info: into('info'), warn: into('warn'), error: into('error') }
  let nowMs = 5000
  const failures = new RequestFailures({ log, monotonicMs: () => nowMs })
  return { failures, lines, pass: (ms: number) => (nowMs += ms) }
}

const away = (cause: Error, message = 'storage is away') => new EgideError('unavailable', message, { cause })

test('while storage is away one line a minute tells of it, with its cause and how many requests there were since', () => {
  const { failures, lines, pass } = testingFailures()
  const cause = new Error('connection refused')
  for (let n = 0; n < 100; n++) {
    const error = away(cause)
    expect(failures.told(error, `r${n}`, 'secret/a')).toBe(error)
    pass(600)
  }
  expect(lines).toEqual([{ level: 'warn', message: 'storage is away', requestId: 'r0', err: cause }])
  failures.told(away(cause), 'later', 'secret/a')
  expect(lines.slice(1)).toEqual([
    { level: 'warn', message: 'storage is away', requestId: 'later', more: 99, err: cause },
  ])
  failures.told(away(cause, 'something else'), 'other', 'secret/a')
  expect(lines.slice(2)).toMatchObject([{ message: 'something else', requestId: 'other' }])
})

test('each failure of another kind is told, and what is unknown stays in the log', () => {
  const { failures, lines } = testingFailures()
  const cause = new Error('does not open')
  for (const requestId of ['a', 'b']) failures.told(new EgideError('internal', 'damaged', { cause }), requestId, 'p')
  expect(lines.splice(0).map(({ requestId }) => requestId)).toEqual(['a', 'b'])
  failures.told(new EgideError('not_found', 'none'), 'c', 'p')
  expect(lines).toEqual([])
  const bug = new TypeError('a secret may stand here')
  for (const requestId of ['d', 'e'])
    expect(failures.told(bug, requestId, 'p')).toMatchObject({ code: 'internal', message: 'internal error' })
  expect(lines).toMatchObject([{ level: 'error', requestId: 'd', path: 'p', err: bug }, { requestId: 'e' }])
})

test('reasons without end take a bounded memory, and each is told', () => {
  const { failures, lines } = testingFailures()
  for (let n = 0; n < 1000; n++) failures.told(away(new Error('x'), `reason ${n}`), 'r', 'p')
  expect(lines).toHaveLength(1000)
})
