import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Large batches over HTTP. Whether a second thread works on them shows in the names of the process's threads, on Linux. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem', env: { EGIDE_WORKERS: '1' } })
  await server.call('POST', 'sys/mounts/transit', { body: { type: 'transit' } })
  await server.call('POST', 'transit/keys/k', { body: {} })
})
afterAll(() => server.remove())

const ITEMS = Array.from({ length: 500 }, (_, number) => ({
  plaintext: Buffer.from(`secret ${number}`).toString('base64'),
  reference: String(number),
}))

function hasSealingThread(): boolean {
  return readdirSync(`/proc/${server.pid}/task`).some((id) => nameOf(id) === 'sealing')
}

/** '' of a thread that has just ended. */
function nameOf(id: string): string {
  try {
    return readFileSync(`/proc/${server.pid}/task/${id}/comm`, 'utf8').trimEnd()
  } catch {
    return ''
  }
}

async function roundTrip(): Promise<void> {
  const encrypted = await server.call('POST', 'transit/encrypt/k', { body: { batch_input: ITEMS } })
  const sealed = at(encrypted.body, 'data', 'batch_results') as readonly object[]
  const decrypted = await server.call('POST', 'transit/decrypt/k', { body: { batch_input: sealed } })
  expect([encrypted.status, decrypted.status]).toEqual([200, 200])
  expect(at(decrypted.body, 'data', 'batch_results')).toEqual(ITEMS)
}

test('every item comes back, in order, of batches that come at once and while the thread starts', async () => {
  await roundTrip()
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 12 }, roundTrip))
})

const isVisible = process.platform === 'linux' && availableParallelism() > 1

test.runIf(isVisible)(
  'the thread with its handles of keys ends with the seal, and comes again with the next batch',
  async () => {
    await roundTrip()
    await expect.poll(hasSealingThread).toBe(true)
    await server.call('PUT', 'sys/seal')
    await expect.poll(hasSealingThread).toBe(false)
    await server.unseal()
    await roundTrip()
    await expect.poll(hasSealingThread).toBe(true)
  },
)
