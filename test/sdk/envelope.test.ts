import { afterAll, beforeAll, expect, test } from 'vitest'
import { Envelope } from '../../sdk/envelope/index.ts'
import { serveClients } from './clients.ts'

const { served, clients, stop } = await serveClients()
beforeAll(async () => {
  await clients.REST.transit().writeKey('bulk')
  await clients.REST.transit().writeKey({ name: 'derived', derived: true })
})
afterAll(stop)

/** Requests of the transit engine that the server has recorded. */
function transitCalls(): number {
  const records = served.audit().filter(({ type, request }) => type === 'response' && request?.mount_type === 'transit')
  return records.length
}

const ITEMS = 1000
const SAVING = 50

for (const [way, other] of [
  ['REST', 'gRPC'],
  ['gRPC', 'REST'],
] as const)
  test(`what is encrypted over ${way} is read over ${other}, for a fiftieth of the calls or less`, async () => {
    const writer = new Envelope({ transit: clients[way].transit(), key: 'bulk' })
    const reader = new Envelope({ transit: clients[other].transit(), key: 'bulk' })
    const before = transitCalls()
    const items = Array.from({ length: ITEMS }, (_, at) => `item ${at}`)
    const messages = await Promise.all(items.map((item, at) => writer.encrypt(item, { associatedData: `row ${at}` })))
    const back = await Promise.all(messages.map((one, at) => reader.decrypt(one, { associatedData: `row ${at}` })))
    expect(back.map(String)).toEqual(items)
    expect(transitCalls() - before).toBe(2)
    expect((2 * ITEMS) / (transitCalls() - before)).toBeGreaterThanOrEqual(SAVING)
    for (const one of [writer, reader]) one.close()
  })

test('a message is readable after its key was rotated, and not with another key or context', async () => {
  const transit = clients.REST.transit()
  const message = await new Envelope({ transit, key: 'bulk' }).encrypt('kept')
  await transit.rotateKey('bulk')
  expect(String(await new Envelope({ transit, key: 'bulk' }).decrypt(message))).toBe('kept')
  await transit.writeKey('another')
  const refused = { name: 'EnvelopeError', code: 'undecryptable' }
  await expect(new Envelope({ transit, key: 'another' }).decrypt(message)).rejects.toMatchObject(refused)
  const [mine, yours] = ['mine', 'yours'].map((text) => Buffer.from(text).toString('base64'))
  const context = (one = '') => new Envelope({ transit, key: 'derived', context: one })
  const derived = await context(mine).encrypt('for me')
  expect(String(await context(mine).decrypt(derived))).toBe('for me')
  await expect(context(yours).decrypt(derived)).rejects.toMatchObject(refused)
})
