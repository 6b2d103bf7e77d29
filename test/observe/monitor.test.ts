import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Core } from '../../server/core/request.ts'
import { ServerLog } from '../../server/observe/log.ts'
import { Metrics } from '../../server/observe/metrics.ts'
import { replyOf, type Served, serve } from '../rest/serve.ts'

let served: Served | undefined
afterEach(() => served?.stop())

async function monitored() {
  const log = new ServerLog({ level: 'error', format: 'standard', clock: { now: () => 0 }, write: () => undefined })
  const core: Core = {
    handle: async (request) => {
      const body = log.stream('info', 'standard', request.signal)
      return replyOf(request, { mountType: 'system', raw: { status: 200, contentType: 'text/plain', body } })
    },
  }
  const metrics = new Metrics({
    version: '1',
    isSealed: () => false,
    isInitialized: () => true,
    requestsInFlight: () => served?.inFlight.size ?? 0,
    requestsRefused: () => served?.inFlight.refused ?? 0,
    connections: () => served?.http.connections ?? 0,
    stores: () => [],
    logStreams: () => log.streams,
    clockAheadMs: () => undefined,
    figures: async () => [],
  })
  const running = await serve({ core, services: { observe: metrics.request } })
  served = running
  return { log, metrics, running }
}

async function follow({ port }: Served): Promise<IncomingMessage> {
  const request = http.get({ port, host: '127.0.0.1', path: '/v1/sys/monitor', agent: false })
  const [reply] = (await once(request, 'response')) as [IncomingMessage]
  return reply.setEncoding('utf8')
}

const until = (holds: () => boolean) => expect.poll(holds, { interval: 5 }).toBe(true)

test('lines arrive as they are written, and a client that goes away is forgotten', async () => {
  const { log, metrics, running } = await monitored()
  const reply = await follow(running)
  expect(log.streams).toBe(1)
  for (const word of ['one', 'two']) {
    const arrived = once(reply, 'data')
    log.info({}, word)
    expect((await arrived)[0]).toBe(`1970-01-01T00:00:00.000Z [INFO]  ${word}\n`)
  }
  const figures = await metrics.render()
  expect(figures).toMatch(/^egide_log_streams 1$/m)
  expect(figures).toMatch(/^egide_requests_in_flight 1$/m)
  reply.destroy()
  await until(() => log.streams === 0 && running.inFlight.size === 0)
})

test('a client that does not read holds no more than its bound, and the log goes on', async () => {
  const { log, running } = await monitored()
  const reply = await follow(running)
  const text = 'x'.repeat(10_000)
  for (let round = 0; round < 100; round++) {
    for (let n = 0; n < 100; n++) log.info({ text }, 'flood')
    await sleep(0)
  }
  const ended = once(reply, 'end')
  let received = ''
  reply.on('data', (piece: string) => {
    received += piece
  })
  await sleep(50)
  log.endStreams()
  await ended
  expect(received).toMatch(/\[WARN\] {2}\d+ log lines were lost here/)
  // 100 MB were logged. What waited lay in the bounded queue and the sockets' buffers, nowhere else.
  expect(received.length).toBeLessThan(40e6)
})

test('sealing ends the streams as a whole answer', async () => {
  const { log, running } = await monitored()
  const reply = await follow(running)
  log.info({}, 'last')
  log.endStreams()
  let received = ''
  for await (const piece of reply) received += piece
  expect(received).toContain('last')
  expect(reply.complete).toBe(true)
  await until(() => running.inFlight.size === 0)
})
