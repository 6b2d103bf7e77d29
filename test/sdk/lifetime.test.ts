import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type LifetimeEnd, watchToken } from '../../sdk/index.ts'
import { type Served, serve } from '../grpc/serve.ts'
import { clientsOf } from './clients.ts'

let served: Served
let clients: ReturnType<typeof clientsOf>
beforeAll(async () => {
  served = await serve()
  clients = clientsOf(served)
})
afterAll(async () => {
  for (const client of Object.values(clients)) client.close()
  await served.stop()
})

async function tokenOf(vault: Client, terms: { ttl: string; explicit_max_ttl?: string; renewable?: boolean }) {
  const { client } = await vault.login((v) => v.auth.token.create({ policies: ['default'], ...terms }))
  return client
}

const ended = async (client: Client): Promise<LifetimeEnd> => {
  const watcher = await watchToken(client)
  return new Promise((resolve) => watcher.once('ended', resolve))
}

for (const way of ['REST', 'gRPC'] as const) {
  test(`${way}: a token that is watched outlives its first time`, async () => {
    const client = await tokenOf(clients[way], { ttl: '3s' })
    const watcher = await watchToken(client)
    const renewals: number[] = []
    await new Promise<void>((resolve) => {
      watcher.on('renewed', ({ ttlSeconds }) => {
        renewals.push(ttlSeconds)
        if (renewals.length === 2) resolve()
      })
    })
    expect(renewals).toEqual([3, 3])
    expect((await client.auth.token.lookupSelf()).data.renewable).toBe(true)
    watcher.stop()
  })

  test(`${way}: the end of what cannot be renewed is told`, async () => {
    expect(await ended(await tokenOf(clients[way], { ttl: '50s', renewable: false }))).toMatchObject({
      reason: 'not_renewable',
      remainingSeconds: expect.closeTo(50, -1),
    })
    const client = await tokenOf(clients[way], { ttl: '3s' })
    const end = ended(client)
    await client.auth.token.revokeSelf()
    expect(await end).toMatchObject({ reason: 'refused', error: { code: 'permission_denied' } })
  })
}
