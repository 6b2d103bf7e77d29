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
