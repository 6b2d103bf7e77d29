import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Core } from '../../server/core/request.ts'
import { replyOf, type Served, serve } from './serve.ts'

/** Answers that come in pieces and have an end. */

const PIECE = Buffer.alloc(64 * 1024, 'a')
const PIECES = 400

let served: Served
afterEach(() => served.stop())

/** Answers with many pieces, and counts how many were asked for. */
function pieces(): { readonly core: Core; taken: number; ended: boolean } {
  const state = { taken: 0, ended: false }
  async function* body(): AsyncGenerator<Buffer, undefined> {
    try {
      for (; state.taken < PIECES; state.taken++) yield PIECE
    } finally {
      state.ended = true
    }
  }
  const core: Core = {
    handle: async (asked) =>
      replyOf(asked, {
        raw: { status: 200, contentType: 'application/pkix-crl', body: body(), length: PIECES * PIECE.length },
      }),
  }
  return Object.assign(state, { core })
}

test('they say how long they are, and the connection goes on after them', async () => {
  served = await serve({ core: pieces().core })
  const reply = await fetch(`${served.url}/v1/pki/crl`)
  expect(reply.headers.get('content-length')).toBe(String(PIECES * PIECE.length))
  expect(reply.headers.get('transfer-encoding')).toBeNull()
  expect((await reply.arrayBuffer()).byteLength).toBe(PIECES * PIECE.length)
  await expect.poll(() => served.inFlight.size).toBe(0)
})

test('HEAD is told the length alone', async () => {
  served = await serve({ core: pieces().core })
  const reply = await fetch(`${served.url}/v1/pki/crl`, { method: 'HEAD' })
  expect(reply.headers.get('content-length')).toBe(String(PIECES * PIECE.length))
  expect(await reply.text()).toBe('')
})

test('no more is made of them than the client takes, and one that takes nothing is cut off', async () => {
  const answer = pieces()
  served = await serve({ core: answer.core, limits: { stalledReaderMs: 300 } })
  const asking = request(`${served.url}/v1/pki/crl`, { agent: false }).end()
  asking.on('error', () => {})
  const [reply] = await once(asking, 'response')
  reply.on('error', () => {})
  await expect.poll(() => [answer.ended, served.inFlight.size]).toEqual([true, 0])
  expect(answer.taken).toBeLessThan(PIECES)
  asking.destroy()
})

/** A core whose answers wait: to `stream` with a stream that goes on until it is ended, to all else with none. */
function gated() {
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const gateOf = (name: string) => {
    const gate = gates.get(name) ?? Promise.withResolvers<void>()
    gates.set(name, gate)
    return gate
  }
  const state = { begun: 0 }
  async function* events(): AsyncGenerator<Buffer, undefined> {
    state.begun++
    yield Buffer.from('first')
    await gateOf('end').promise
  }
  const core: Core = {
    handle: async (asked) => {
      await gateOf(asked.path).promise
      if (asked.path !== 'stream') return replyOf(asked)
      return replyOf(asked, { raw: { status: 200, contentType: 'text/event-stream', body: events() } })
    },
  }
  return Object.assign(state, { core, open: (name: string) => gateOf(name).resolve() })
}

test('one that goes on takes no place from requests, and leaves none behind', async () => {
  const answers = gated()
  served = await serve({ core: answers.core, inFlightMax: 1 })
  const ask = (path: string) => fetch(`${served.url}/v1/${path}`)
  answers.open('stream')
  answers.open('plain')
  const stream = await ask('stream')
  expect([served.inFlight.size, served.inFlight.working]).toEqual([1, 0])
  for (let n = 0; n < 2; n++) expect((await ask('plain')).status).toBe(200)
  answers.open('end')
  expect(await stream.text()).toBe('first')
  await expect.poll(() => served.inFlight.size).toBe(0)
  // The place of the stream is taken anew, by what is no stream.
  for (let n = 0; n < 2; n++) expect((await ask('plain')).status).toBe(200)
  const waiting = ask('slow')
  await expect.poll(() => served.inFlight.working).toBe(1)
  expect((await ask('plain')).status).toBe(503)
  answers.open('slow')
  expect((await waiting).status).toBe(200)
})

test.each(['stream', 'plain'])('what comes after the request was given up is for nobody: %s', async (path) => {
  const answers = gated()
  let nowMs = 0
  served = await serve({ core: answers.core, services: { monotonicMs: () => nowMs } })
  const socket = await served.connect()
  let told = ''
  socket.on('data', (piece) => {
    told += piece.toString()
  })
  socket.write(`GET /v1/${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await expect.poll(() => served.inFlight.size).toBe(1)
  nowMs = 3_600_000
  served.adapter.expire()
  await expect.poll(() => told).toMatch(/^HTTP\/1\.1 408 /)
  answers.open(path)
  await expect.poll(() => served.inFlight.size).toBe(0)
  answers.open('next')
  socket.write('GET /v1/next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  expect(told.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 408', 'HTTP/1.1 200'])
  expect([answers.begun, served.log.lines]).toEqual([0, []])
})
