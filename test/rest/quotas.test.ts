import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  await server.call('POST', 'sys/quotas/config', {
    body: { enable_rate_limit_response_headers: true, rate_limit_exempt_paths: ['sys/*'] },
  })
})
afterAll(() => server.remove())

test('a client over its limit gets 429 before its body is read, and can’t hide behind a header', async () => {
  expect(
    (await server.call('POST', 'sys/quotas/rate-limit/kv', { body: { path: 'secret', rate: 2, interval: '1h' } }))
      .status,
  ).toBe(204)
  const spoofed = (n: number) => ({ headers: { 'X-Forwarded-For': `203.0.113.${n}` } })
  expect((await server.call('GET', 'secret/data/x', spoofed(1))).status).toBe(404)
  const second = await server.call('GET', 'secret/data/x', spoofed(2))
  expect([second.headers['x-ratelimit-limit'], second.headers['x-ratelimit-remaining']]).toEqual(['2', '0'])
  // No JSON: who reads it would answer 400.
  const third = await fetch(`${server.address}/v1/secret/data/x`, {
    method: 'POST',
    body: 'no json',
    headers: { 'X-Vault-Token': server.rootToken },
  })
  expect([third.status, await third.json()]).toEqual([
    429,
    { errors: ['request path "secret/data/x": rate limit quota exceeded'] },
  ])
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(3500)
  expect(third.headers.get('x-ratelimit-remaining')).toBe('0')
  expect((await server.call('GET', 'secrets/x')).status).toBe(404)
  expect((await server.call('DELETE', 'sys/quotas/rate-limit/kv')).status).toBe(204)
  expect((await server.call('GET', 'secret/data/x')).status).toBe(404)
})
