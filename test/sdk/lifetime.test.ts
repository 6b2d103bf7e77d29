import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { type Client, type LifetimeWatcher, watchToken } from '../../sdk/index.ts'
import { ManualClock } from '../../sdk/testing-clock.ts'
import { serveClients } from './clients.ts'

const { clients, stop } = await serveClients()
afterAll(stop)

interface Terms {
  readonly ttl: string
  readonly explicit_max_ttl?: string
  readonly renewable?: boolean
}

/** A new token that is watched by a clock which stands, and a way to what the watcher tells at the next moment. */
async function watched(vault: Client, terms: Terms) {
  const { client } = await vault.login((v) => v.auth.token.create({ policies: ['default'], ...terms }))
  const clock = new ManualClock()
  const watcher = await watchToken(client, { clock, incrementSeconds: 3600 })
  const told = async (event: 'renewed' | 'ended') => {
    const heard = once(watcher as LifetimeWatcher, event)
    await clock.next()
    return (await heard)[0]
  }
  return { client, clock, watcher, told }
}

for (const way of ['REST', 'gRPC'] as const) {
  test(`${way}: a token that is watched is renewed for its whole time, again and again`, async () => {
    const { client, clock, watcher, told } = await watched(clients[way], { ttl: '1h' })
    await clock.next()
    for (let at = 0; at < 3; at++) expect(await told('renewed')).toEqual({ ttlSeconds: 3600, renewable: true })
    watcher.stop()
    expect(clock.waiting).toBe(0)
    expect((await client.auth.token.lookupSelf()).data.renewable).toBe(true)
  })

  test(`${way}: the end of what cannot be renewed is told`, async () => {
    const never = await watched(clients[way], { ttl: '50s', renewable: false })
    expect(await never.told('ended')).toMatchObject({ reason: 'not_renewable' })
    const gone = await watched(clients[way], { ttl: '1h' })
    await gone.clock.next()
    await gone.client.auth.token.revokeSelf()
    expect(await gone.told('ended')).toMatchObject({ reason: 'refused', error: { code: 'permission_denied' } })
  })
}
