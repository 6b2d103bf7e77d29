import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodies, raw, type Served, serve } from './serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve({})
})
afterAll(() => served.stop())

async function dataOf(target: string, body: string): Promise<unknown> {
  const request = `DELETE ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const [reply] = bodies(await raw(served, [request], 1)) as [{ data?: { data: unknown } }]
  return reply.data?.data
}

test('what cancels an attempt finds its nonce in the body, or in the query, which wins', async () => {
  expect(await dataOf('/v1/sys/rekey/init', '{"nonce":"n"}')).toEqual({ nonce: 'n' })
  expect(await dataOf('/v1/sys/rekey/init?nonce=q', '{"nonce":"n"}')).toEqual({ nonce: 'q' })
  expect(await dataOf('/v1/sys/rekey/init?nonce=q', '')).toEqual({ nonce: 'q' })
})

test('the body of any other delete means nothing', async () => {
  expect(await dataOf('/v1/kv/a', '{"nonce":"n"}')).toEqual({})
  expect(await dataOf('/v1/kv/sys/a?b=c', '{"nonce":"n"}')).toEqual({ b: 'c' })
})
