import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { referenceMounts } from '../../server/boot/engines.ts'
import { type Server, startServer } from '../harness/server.ts'

/** A sealed server answers status, health, initialisation and unsealing, and nothing else. */

const METHODS = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  read: 'GET',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}
const ANSWERED = new Set(['sys/health', 'sys/init', 'sys/leader', 'sys/seal-status', 'sys/unseal'])

interface Call {
  readonly method: string
  readonly path: string
}

/** Every row with every operation it has, and one it may not have. */
const calls: Call[] = referenceMounts().flatMap(({ path, routes }) =>
  routes.flatMap((route) =>
    [...new Set([...Object.keys(route.operations), 'read', 'update'])].map((operation) => ({
      method: METHODS[operation as keyof typeof METHODS],
      path: path + route.pattern.replace(/:[a-z_]+\**/g, 'x'),
    })),
  ),
)

async function answersOf(server: Server): Promise<string[]> {
  const answered: string[] = []
  for (const { method, path } of calls) {
    if (ANSWERED.has(path)) continue
    const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}
    const reply = await server.call(method, path, { body: method === 'GET' ? undefined : {}, headers })
    const isRefused = reply.status === 503 && reply.body?.errors?.toString() === 'Vault is sealed'
    if (!isRefused) answered.push(`${method} ${path}: ${reply.status} ${reply.text.slice(0, 100)}`)
  }
  return answered
}

describe('a server', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ audit: true })
  })
  afterAll(() => server.remove())

  test('that is not initialised', async () => {
    expect(calls.length).toBeGreaterThan(250)
    expect(await answersOf(server)).toEqual([])
    expect((await server.call('GET', 'sys/health')).status).toBe(501)
    expect((await server.call('POST', 'sys/unseal', { body: { key: '00'.repeat(32) } })).status).toBe(400)
  })

  test('that is initialised and sealed, for the root token too', async () => {
    await server.init(3, 2)
    expect(await answersOf(server)).toEqual([])
    expect((await server.call('GET', 'sys/health')).status).toBe(503)
  })

  test('that was unsealed and is sealed again', async () => {
    await server.unseal()
    expect((await server.call('GET', 'secret/metadata?list=true')).status).toBe(404)
    expect((await server.call('PUT', 'sys/seal')).status).toBe(204)
    expect(await answersOf(server)).toEqual([])
    const status = await server.call('GET', 'sys/seal-status')
    expect([status.body?.sealed, status.body?.progress]).toEqual([true, 0])
  })

  test('answers no method that there is not, sealed or not', async () => {
    for (const path of ['sys/health', 'sys/seal-status'])
      for (const method of ['DELETE', 'PATCH', 'LIST']) {
        const headers = { 'content-type': 'application/merge-patch+json' }
        expect((await server.call(method, path, { headers })).status).toBe(405)
      }
  })
})
