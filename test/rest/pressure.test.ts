import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bodies, raw, replyOf, type Served, type ServeOptions, serve, statuses } from './serve.ts'

const opened: Served[] = []
afterEach(async () => {
  for (const served of opened.splice(0)) await served.stop()
})

async function open(options: ServeOptions): Promise<Served> {
  const served = await serve(options)
  opened.push(served)
  return served
}

const GET = 'GET /v1/kv/a HTTP/1.1\r\nHost: a\r\n\r\n'

/** All that comes until the server closes. */
async function whole(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  if (!socket.closed) await once(socket, 'close')
  return answer
}

/** Writes text a character at a time for as long as the server lets it. */
async function drip(socket: Socket, text: string): Promise<void> {
  for (const character of text) {
    if (socket.destroyed || socket.readableEnded) return
    socket.write(character)
    await sleep(40)
  }
}

describe('slow clients: progress buys no time, the answer is 408', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 600 } })
  })
  afterAll(() => served.stop())

  const slow: Record<string, string> = {
    'a header at a time': `GET /v1/kv/a HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(1000)}`,
    'a method at a time': 'LIS',
    'a method that might be SCAN': 'SC',
    'a body at a time': `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"a":"${'b'.repeat(900)}`,
    'a chunk at a time': `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\n{\r\n'.repeat(100)}`,
  }
  for (const [what, text] of Object.entries(slow))
    test.concurrent(what, async ({ expect }) => {
      const socket = await served.connect()
      const answer = whole(socket)
      const head = text.indexOf('\r\n\r\n')
      if (head > 0) socket.write(text.slice(0, head + 4))
      void drip(socket, head > 0 ? text.slice(head + 4) : text)
      const started = performance.now()
      expect(statuses(await answer)).toEqual([408])
      // Of the forty seconds that all of the text takes.
      expect(performance.now() - started).toBeLessThan(20_000)
    })

  test('none of them is held on to', () => expect.poll(() => served.inFlight.size).toBe(0))
})

describe('slow readers', () => {
  test('a large answer that is left unread is cut, and its memory freed', async () => {
    const data = { text: 'x'.repeat(32 * 1024 * 1024) }
    const served = await open({
      limits: { stalledReaderMs: 300 },
      core: { handle: async (request) => replyOf(request, { data }) },
    })
    const socket = await served.connect()
    socket.on('error', () => {})
    socket.pause()
    socket.write(GET)
    await sleep(100)
    expect(served.http.connections).toBe(1)
    await expect.poll(() => served.http.connections).toBe(0)
    socket.destroy()
  })

  test('large answers that are left unread are bounded together; others are 503 until one is read or cut, small ones are served', async () => {
    const large = { text: 'x'.repeat(16 * 1024 * 1024) }
    const served = await open({
      limits: { unreadAnswerBytes: 40 * 1024 * 1024 },
      core: { handle: async (request) => replyOf(request, { data: request.path === 'small' ? {} : large }) },
    })
    const lying = await Promise.all([served.connect(), served.connect()])
    for (const socket of lying) {
      socket.on('error', () => {})
      socket.pause()
      socket.write(GET)
    }
    await expect.poll(() => served.inFlight.size).toBe(0)
    const status = async (path: string) => statuses(await raw(served, [GET.replace('kv/a', path)], 1))[0]
    await expect.poll(() => status('kv/a')).toBe(503)
    expect(await status('small')).toBe(200)
    lying[0]?.destroy()
    await expect.poll(() => status('kv/a')).toBe(200)
    lying[1]?.destroy()
  })

  test('a large answer that is read slowly, but read, arrives', async () => {
    const data = { text: 'x'.repeat(8 * 1024 * 1024) }
    const served = await open({
      limits: { stalledReaderMs: 1500 },
      core: { handle: async (request) => replyOf(request, { data }) },
    })
    /** Bytes that came, and the longest that this process let the server wait for a read. */
    const reading = async () => {
      const socket = await served.connect()
      socket.on('error', () => {})
      socket.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      let [size, pauseMs, lastMs] = [0, 0, performance.now()]
      const look = () => {
        pauseMs = Math.max(pauseMs, performance.now() - lastMs)
        lastMs = performance.now()
      }
      try {
        for await (const chunk of socket) {
          look()
          size += (chunk as Buffer).length
          await sleep(15)
        }
      } catch {} // it was cut
      look()
      return { size, pauseMs }
    }
    let read = await reading()
    // A pause of the machine is one of the reader, too.
    for (let tries = 0; read.pauseMs > 1000 && tries < 5; tries++) read = await reading()
    expect(read.size).toBeGreaterThan(data.text.length)
  })

  test('a client that sends on and on and reads nothing is held back', async () => {
    const served = await open({
      core: { handle: async (request) => replyOf(request, { data: { text: 'x'.repeat(10_000) } }) },
    })
    const socket = await served.connect()
    socket.on('error', () => {})
    socket.pause()
    let sent = 0
    const flood = GET.repeat(1000)
    while (sent < 200 && socket.write(flood)) sent++
    await sleep(300)
    // What the kernel and our buffers took is all that went.
    expect(socket.writableLength).toBeGreaterThan(0)
    expect(served.inFlight.size).toBeLessThan(10)
    socket.destroy()
  })
})

describe('many connections', () => {
  test('thousands may be idle while others are served, and cost little', async () => {
    const served = await open({ limits: { maxConnections: 3000 } })
    await raw(served, [GET], 1)
    const before = heapNow()
    const idle: Socket[] = []
    // In portions that the kernel's queue takes.
    while (idle.length < 2000) idle.push(...(await Promise.all(Array.from({ length: 100 }, () => served.connect()))))
    await expect.poll(() => served.http.connections).toBeGreaterThanOrEqual(2000)
    expect(statuses(await raw(served, [GET], 1))).toEqual([200])
    // Both ends are in this process.
    expect((heapNow() - before) / idle.length).toBeLessThan(40_000)
    for (const socket of idle) socket.destroy()
    await expect.poll(() => served.http.connections).toBe(0)
    expect(heapNow() - before).toBeLessThan(8 * 1024 * 1024)
  })

  test('past the bound they are told so', async () => {
    const served = await open({ limits: { maxConnections: 20 } })
    const held = await Promise.all(Array.from({ length: 20 }, () => served.connect()))
    await expect.poll(() => served.http.connections).toBe(20)
    const answer = await raw(served, [GET], 1)
    expect([statuses(answer), bodies(answer)]).toEqual([[503], [{ errors: ['too many connections'] }]])
    expect(answer).toMatch(/Retry-After: 1/)
    for (const socket of held) socket.destroy()
    await expect.poll(() => served.http.connections).toBe(0)
    expect(statuses(await raw(served, [GET], 1))).toEqual([200])
  })

  test('those that never say anything are closed', async () => {
    const served = await open({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400 } })
    const silent = await Promise.all(Array.from({ length: 50 }, () => served.connect()))
    for (const socket of silent) socket.on('error', () => {}).resume()
    await expect.poll(() => served.http.connections).toBe(0)
  })

  test('requests past the bound of those in flight are answered 503 at once', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const core = { handle: async (request: Parameters<typeof replyOf>[0]) => gate.then(() => replyOf(request)) }
    const served = await open({ inFlightMax: 2, core })
    const waiting = [raw(served, [GET], 1), raw(served, [GET], 1)]
    await expect.poll(() => served.inFlight.size).toBe(2)
    const answer = await raw(served, [GET], 1)
    expect(statuses(answer)).toEqual([503])
    release()
    expect((await Promise.all(waiting)).flatMap(statuses)).toEqual([200, 200])
  })
})

test('long bodies that come at once take no more than their bound; short ones are served, and others once there is room', async () => {
  const served = await open({ limits: { heldBodyBytes: 500_000 } })
  const post = (length: number) =>
    `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  const text = JSON.stringify({ text: 'x'.repeat(390_000) })
  const begin = async (): Promise<{ socket: Socket; answer: string }> => {
    const begun = { socket: await served.connect(), answer: '' }
    begun.socket.on('error', () => {})
    begun.socket.on('data', (data) => {
      begun.answer += data
    })
    begun.socket.write(post(text.length) + text.slice(0, 380_000))
    return begun
  }
  const three = await Promise.all([begin(), begin(), begin()])
  const refused = () => three.filter(({ answer }) => answer !== '')
  await expect.poll(() => refused().length).toBe(2)
  for (const { answer } of refused())
    expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*too many long request bodies/)
  const short = await served.connect()
  short.end(`${post(2).replace('Host', 'Connection: close\r\nHost')}{}`)
  expect(await whole(short)).toMatch(/^HTTP\/1.1 200 /)
  const [left] = three.filter(({ answer }) => answer === '')
  left?.socket.write(text.slice(380_000))
  await expect.poll(() => left?.answer).toMatch(/^HTTP\/1.1 200 /)
  for (let n = 0; n < 5; n++) {
    const { socket } = await begin()
    await expect.poll(() => served.inFlight.size).toBe(1)
    socket.destroy()
    await expect.poll(() => served.inFlight.size).toBe(0)
  }
  const last = await begin()
  last.socket.write(text.slice(380_000))
  await expect.poll(() => last.answer).toMatch(/^HTTP\/1.1 200 /)
})

test('memory stays flat under thousands of refused requests', async () => {
  const served = await open({ limits: { maxBodyBytes: 65_536 } })
  const post = (body: string) =>
    `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const attacks = [
    post('['.repeat(60_000)),
    post(`{"a":"${'x'.repeat(65_530)}"}`),
    post(`{${'"a":1,'.repeat(5000)}"a":1}`),
    `GET /v1/${'a'.repeat(10_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    `GET /v1/a HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(3000)}\r\n`,
    'FROB / HTTP/1.1\r\n\r\n',
    'LIST /v1/a/../b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  ]
  const round = async (times: number) => {
    for (let time = 0; time < times; time++)
      await Promise.all(
        attacks.map(async (attack) => {
          const socket = await served.connect()
          const answer = whole(socket)
          socket.end(Buffer.from(attack, 'latin1'))
          expect(statuses(await answer)[0]).toBeGreaterThanOrEqual(400)
        }),
      )
  }
  await round(30)
  const before = heapNow()
  await round(100)
  expect(heapNow() - before).toBeLessThan(4 * 1024 * 1024)
  expect(served.inFlight.size).toBe(0)
  expect(served.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('whatever bytes come, the answers are well formed and the server lives', async () => {
  const served = await open({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 500 } })
  const piece = fc.oneof(
    {
      arbitrary: fc.constantFrom(
        'GET ',
        'LIST ',
        'SCAN ',
        'POST ',
        '/v1/kv/a',
        ' HTTP/1.1\r\n',
        'Host: a\r\n',
        '\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        '{"a":1}',
        '0\r\n\r\n',
        '5\r\nhello\r\n',
      ),
      weight: 6,
    },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 1 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(piece, { maxLength: 14 }), { minLength: 16, maxLength: 16 }),
      async (requests) => {
        const answers = await Promise.all(
          requests.map(async (pieces) => {
            const socket = await served.connect()
            const answer = whole(socket)
            socket.end(Buffer.from(pieces.join(''), 'latin1'))
            return answer
          }),
        )
        for (const answer of answers) {
          expect(answer).toMatch(/^($|HTTP\/1\.1 (100|200|4\d\d|503) )/)
          expect(answer).not.toMatch(/at .*\.ts:\d|node:internal/)
        }
      },
    ),
    { numRuns: 15, seed: 11 },
  )
  await expect.poll(async () => statuses(await raw(served, [GET], 1))).toEqual([200])
  expect(served.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapNow(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
