import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server

beforeAll(async () => {
  server = await startUnsealed()
})
afterAll(() => server.remove())

test('who is told to stop leaves behind how often it encrypted, up to the last time', async () => {
  const encryptions = async () => Number(at((await server.call('GET', 'sys/key-status')).body, 'data', 'encryptions'))
  for (let i = 0; i < 20; i++) await server.call('POST', `secret/data/s${i}`, { body: { data: { i } } })
  const before = await encryptions()
  expect(before).toBeGreaterThan(20)
  await server.stop()
  await server.start()
  await server.unseal()
  expect(await encryptions()).toBeGreaterThanOrEqual(before)
})
