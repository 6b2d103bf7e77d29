import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { Cluster } from './cluster.ts'

interface Event {
  readonly kind: string
  readonly path: string
  readonly version: number
  readonly revision: number
}

/** What is told of the secrets below `app/`, one event after another. */
async function* watch(server: Server, token: string, after = ''): AsyncGenerator<Event, void> {
  const query = `list=true&watch=true${after === '' ? '' : `&after_revision=${after}`}`
  const { body } = await fetch(`${server.address}/v1/secret/metadata/app?${query}`, {
    headers: { 'x-vault-token': token },
    signal: AbortSignal.timeout(30_000),
  })
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (text + piece).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Event
  }
}

describe.skipIf(noPostgres !== undefined)('who watches on one node', () => {
  let cluster: Cluster
  let one: Server
  let two: Server
  beforeAll(async () => {
    cluster = await Cluster.start(2)
    ;[one, two] = cluster.nodes as [Server, Server]
  })
  afterAll(() => cluster.remove())

  const write = (server: Server, name: string) =>
    server.call('PUT', `secret/data/app/${name}`, { body: { data: { name } } })
  const next = async (events: AsyncGenerator<Event, void>) => {
    const { value } = await events.next()
    return value === undefined ? 'ended' : `${value.kind} ${value.path} ${value.version}`
  }

  test('is told what is written on another, goes on there, and ends with a token that another revokes', async () => {
    const made = await one.call('POST', 'auth/token/create', { body: { policies: ['root'] } })
    const token = String(at(made.body, 'auth', 'client_token'))
    const onOne = watch(one, token)
    const begun = (await onOne.next()).value
    await write(two, 'a')
    expect(await next(onOne)).toBe('written app/a 1')
    await write(one, 'b')
    expect(await next(onOne)).toBe('written app/b 1')
    const onTwo = watch(two, token, String(begun?.revision))
    expect([await next(onTwo), await next(onTwo), await next(onTwo)]).toEqual([
      'written app/a 1',
      'written app/b 1',
      'position  0',
    ])
    await two.call('POST', 'auth/token/revoke', { body: { token } })
    await Promise.all([onOne, onTwo].map((events) => expect(events.next()).rejects.toThrow()))
  })
})
