import { expect, test } from 'vitest'
import { startUnsealed } from '../harness/server.ts'

/** The value of a metric with these labels, or 0. */
function figure(text: string, metric: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${metric} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

test('tokens that come and go are counted', async () => {
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    const metrics = async (): Promise<string> => (await server.call('GET', 'sys/metrics?format=prometheus')).text
    const before = await metrics()
    const auth = { body: { ttl: '1h' } }
    const made = await server.call('POST', 'auth/token/create', auth)
    await server.call('POST', 'auth/token/create', { body: { type: 'batch', ttl: '1h', policies: ['default'] } })
    await server.call('POST', 'sys/wrapping/wrap', { body: { a: 1 }, headers: { 'x-vault-wrap-ttl': '60' } })
    const token = (made.body?.auth as { client_token?: string } | undefined)?.client_token
    await server.call('POST', 'auth/token/revoke', { body: { token } })
    const after = await metrics()
    const grown = (metric: string): number => figure(after, metric) - figure(before, metric)
    expect(grown('egide_tokens_created_total{type="service"}')).toBe(2)
    expect(grown('egide_tokens_created_total{type="batch"}')).toBe(1)
    expect(grown('egide_tokens_ended_total{how="revoked"}')).toBe(1)
  } finally {
    await server.remove()
  }
})
