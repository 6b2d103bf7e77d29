import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EgideError } from '../../engines/errors.ts'
import { type LogLevel, ServerLog } from './log.ts'
import { loggedError } from './log-error.ts'
import type { LogFormat } from './log-stream.ts'

const CANARY = 'canary-91ab'
const clock = { now: () => Date.UTC(2031, 3, 5, 6, 7, 8, 9) }

function logOf(level: LogLevel = 'info', format: LogFormat = 'json') {
  const lines: string[] = []
  return { log: new ServerLog({ level, format, clock, write: (line) => lines.push(line) }), lines }
}

async function allOf(stream: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += piece
  return text
}

describe('lines', () => {
  test('in JSON have time, level, fields and message', () => {
    const { log, lines } = logOf()
    log.info({ requestId: 'r-1', count: 2 }, 'it happened')
    expect(lines).toEqual([
      '{"level":"info","time":"2031-04-05T06:07:08.009Z","requestId":"r-1","count":2,"msg":"it happened"}\n',
    ])
  })

  test('for people have the same in one line', () => {
    const { log, lines } = logOf('debug', 'standard')
    log.warn({ requestId: 'r-1', why: 'two words', n: 2, deep: { a: [1] } }, 'it happened')
    log.debug({}, 'quietly')
    expect(lines).toEqual([
      '2031-04-05T06:07:08.009Z [WARN]  it happened: requestId=r-1 why="two words" n=2 deep={"a":[1]}\n',
      '2031-04-05T06:07:08.009Z [DEBUG] quietly\n',
    ])
  })

  test('read in the order in which they are written, whatever is in them', () => {
    const { log, lines } = logOf('info', 'standard')
    log.info({ role: 'a\u202erevoked\u2066b' }, 'refused')
    expect(lines[0]).toContain('refused: role=a\\u202erevoked\\u2066b\n')
  })

  test('are one line each, whatever is in them', () => {
    const anything = fc.string({ unit: 'binary' })
    const formats = fc.constantFrom<LogFormat>('json', 'standard')
    const logs = { json: logOf('info', 'json'), standard: logOf('info', 'standard') }
    fc.assert(
      fc.property(formats, anything, anything, anything, (format, message, name, value) => {
        const { log, lines } = logs[format]
        lines.length = 0
        log.info({ [`x${name}`]: value, list: [value] }, message)
        expect(lines).toHaveLength(1)
        // Whoever reads logs may end a line at any of these.
        expect(lines[0]?.slice(0, -1)).not.toMatch(format === 'json' ? /[\n\r]/ : /[\n\r\v\f\u0085\u2028\u2029]/)
      }),
    )
  })

  test.each<LogFormat>(['json', 'standard'])(
    'are short, and hold no part of a token, however long what they tell is: %s',
    (format) => {
      const { log, lines } = logOf('info', format)
      const long = `${'x'.repeat(990)} hvs.${CANARY}${'y'.repeat(100_000)}`
      log.info({ role: long, n: 1 }, long)
      log.with({ requestId: 'r-1' }).warn({ role: long }, long)
      for (const line of lines) {
        expect(line.length).toBeLessThan(3000)
        expect(line).not.toContain(CANARY.slice(0, 4))
      }
      expect(lines[0]).toMatch(/"?n"?[:=]1/)
      expect(lines[1]).toContain('r-1')
    },
  )

  const CHANGED = 'the log has another level'

  test('below the level are not made, and the level can change at any time', () => {
    const { log, lines } = logOf('warn')
    const child = log.with({ requestId: 'r' })
    log.info({}, 'a')
    child.info({}, 'b')
    log.configure('debug')
    log.debug({}, 'c')
    child.debug({}, 'd')
    log.trace({}, 'e')
    log.change('error')
    child.warn({}, 'f')
    child.error({}, 'g')
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([CHANGED, 'c', 'd', CHANGED, 'g'])
    expect(lines[2]).toContain('"requestId":"r"')
  })
})

describe('secrets', () => {
  const errors: Record<string, unknown> = {
    'a parse error, which quotes its input': thrown(() => JSON.parse(`{"a": ${CANARY}`)),
    'an argument check, which quotes the value': thrown(() => Buffer.alloc(CANARY as unknown as number)),
    'an unknown error with fields and a cause': Object.assign(new Error(CANARY, { cause: new Error(CANARY) }), {
      detail: CANARY,
      code: { canary: CANARY },
    }),
    'an error whose message has lines like frames': new Error(`x\n    at ${CANARY} (${CANARY}.ts)`),
    'a thrown text': CANARY,
    'a thrown object': { password: CANARY },
    'our error with an unknown cause': new EgideError('internal', 'it failed', { cause: new TypeError(CANARY) }),
    'several errors in one': new AggregateError([new Error(CANARY)], CANARY),
  }
  for (const [what, error] of Object.entries(errors)) {
    for (const field of ['err', 'error']) {
      test(`stay out of the log: ${what}, as \`${field}\``, () => {
        if (field === 'error' && typeof error === 'string') return
        const { log, lines } = logOf()
        log.error({ [field]: error }, 'a request failed')
        expect(lines).toHaveLength(1)
        expect(lines[0]).not.toContain('canary')
      })
    }
  }

  test('an error says what it is and where it was thrown', () => {
    const told = loggedError(thrown(() => JSON.parse(CANARY)))
    expect(told.type).toBe('SyntaxError')
    expect(told.stack).toContain('log.test.ts')
    expect(loggedError(new EgideError('sealed', 'Vault is sealed'))).toMatchObject({
      type: 'EgideError',
      code: 'sealed',
      message: 'Vault is sealed',
    })
  })

  test('a circle of causes ends', () => {
    const error = new Error('a')
    error.cause = error
    expect(JSON.stringify(loggedError(error)).length).toBeLessThan(20_000)
  })

  test('fields that are named for secrets are blanked, and tokens wherever they stand', () => {
    const { log, lines } = logOf()
    log.info({ token: CANARY, password: CANARY, inner: { secret: CANARY, plaintext: CANARY } }, 'a')
    const token = `s.${'aB3'.repeat(8)}`
    log.info({ path: `auth/token/lookup/${token}` }, `hvs.${'x'.repeat(40)} was sent`)
    expect(lines.join('')).not.toMatch(/canary|aB3aB3|xxxx/)
    expect(lines[1]).toContain('auth/token/lookup/[redacted token]')
  })
})

describe('readers', () => {
  test('get lines from their own level up, in their own form', async () => {
    const { log, lines } = logOf('error')
    const debug = log.stream('debug', 'json')
    const warn = log.stream('warn', 'standard')
    log.debug({ n: 1 }, 'low')
    log.warn({}, 'middle')
    log.endStreams()
    log.error({}, 'after the end')
    expect((await allOf(debug)).split('\n').map((line) => (line === '' ? '' : JSON.parse(line).msg))).toEqual([
      'low',
      'middle',
      '',
    ])
    expect(await allOf(warn)).toBe('2031-04-05T06:07:08.009Z [WARN]  middle\n')
    expect(lines).toHaveLength(1)
  })

  test('wait for lines to come', async () => {
    const { log } = logOf()
    const reading = log.stream('info', 'json')[Symbol.asyncIterator]()
    const next = reading.next()
    log.info({}, 'now')
    expect((await next).value).toContain('"msg":"now"')
  })

  test('that are slow lose lines, learn how many, and hold bounded memory', async () => {
    const { log, lines } = logOf()
    const stream = log.stream('info', 'standard')
    for (let n = 0; n < 2000; n++) log.info({ n }, 'flood')
    log.endStreams()
    const got = (await allOf(stream)).trimEnd().split('\n')
    expect(lines).toHaveLength(2000)
    expect(got).toHaveLength(513)
    expect(got[0]).toContain('n=0')
    expect(got.at(-1)).toBe('[WARN]  1488 log lines were lost here: they came faster than they were read')
    const wide = log.stream('info', 'json')
    for (let n = 0; n < 20; n++) log.info({ text: 'x'.repeat(100_000) }, 'wide')
    log.endStreams()
    expect((await allOf(wide)).length).toBeLessThan(1.1 * 1024 * 1024)
  })

  test('end when the client goes away, and the log works less again', async () => {
    const { log, lines } = logOf('info')
    const gone = new AbortController()
    const stream = log.stream('trace', 'json', gone.signal)
    expect(log.streams).toBe(1)
    const reading = allOf(stream)
    gone.abort()
    expect(await reading).toBe('')
    expect(log.streams).toBe(0)
    log.debug({}, 'nobody wants it')
    expect(lines).toEqual([])
  })

  test('that stop reading, or come too late, are forgotten', async () => {
    const { log } = logOf()
    const stream = log.stream('info', 'json')
    log.info({}, 'one')
    for await (const _ of stream) break
    expect(log.streams).toBe(0)
    expect(await allOf(log.stream('info', 'json', AbortSignal.abort()))).toBe('')
    expect(log.streams).toBe(0)
  })

  test('are not too many', () => {
    const { log } = logOf()
    for (let n = 0; n < 32; n++) log.stream('info', 'json')
    expect(() => log.stream('info', 'json')).toThrow('too many readers')
  })
})

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}
