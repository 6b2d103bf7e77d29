import { once } from 'node:events'
import http, { type ClientRequest } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { callerError } from '../../server/core/pipeline/failures.ts'
import type { Outcome, Transaction } from '../../storage/backend.ts'
import { Committer } from '../../storage/committer.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server | undefined
afterEach(() => server?.remove())

/** A request that is in flight, and stays so until it is destroyed: the server asked for its body, which never ends. */
async function held({ address, rootToken }: Server): Promise<ClientRequest> {
  const headers = { 'X-Vault-Token': rootToken, 'Content-Length': '100', Expect: '100-continue' }
  const request = http.request(`${address}/v1/secret/data/x`, { method: 'POST', headers, agent: false })
  request.on('error', () => {})
  await once(request, 'continue')
  request.write('{')
  return request
}

test('past the stated number of requests the answer is 503 with Retry-After, and the next one that fits is served', async () => {
  server = await startUnsealed({ storage: 'inmem', config: 'max_requests_in_flight = 2' })
  const first = await held(server)
  await held(server)
  for (let n = 0; n < 3; n++) {
    const refused = await server.call('GET', 'sys/mounts')
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.headers['x-egide-code']).toBe('unavailable')
    expect(at(refused.body, 'errors')).toEqual(['too many requests are in flight'])
  }
  first.destroy()
  const status = async () => (await server?.call('GET', 'sys/mounts'))?.status
  await expect.poll(status).toBe(200)
  const figures = await server.call('GET', 'sys/metrics?format=prometheus')
  const refused = Number(/^egide_requests_refused_total (\d+)$/m.exec(figures.text)?.[1])
  expect(refused).toBeGreaterThanOrEqual(3)
  expect(figures.text).toMatch(/^egide_event_loop_delay_seconds\{quantile="0.99"\} /m)
  expect(figures.text).toMatch(/^egide_storage_waiting_transactions 0$/m)
})

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const write = (): Transaction => ({ reads: [], lists: [], writes: [{ path: 'a', value: Buffer.from('b') }] })

/** Commits only once it is let. */
class StuckBackend extends MemoryBackend {
  readonly gate = Promise.withResolvers<void>()

  override async commit(transactions: readonly Transaction[]): Promise<Outcome[]> {
    await this.gate.promise
    return super.commit(transactions)
  }
}

test('of writes that storage does not take, 10 000 wait, and the next is refused for now; those that waited are made', async () => {
  const backend = new StuckBackend()
  const committer = new Committer(backend)
  const first = committer.submit(write(), () => {})
  await new Promise(setImmediate) // it is under way, and waits no more
  const waiting = Array.from({ length: 10_000 }, () => committer.submit(write(), () => {}))
  expect(committer.waiting).toBe(10_000)
  const error = await committer.submit(write(), () => {}).catch((caught: unknown) => caught)
  expect(callerError(error, log, 'id')).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
  backend.gate.resolve()
  const outcomes = await Promise.all([first, ...waiting])
  expect(outcomes.every(({ kind }) => kind === 'committed')).toBe(true)
  expect(committer.waiting).toBe(0)
})
