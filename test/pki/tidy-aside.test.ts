import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Authority } from './authority.ts'

/** Tidying that takes its time: other work does not wait for it, and it is not begun a second time. */

let ca: Authority
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  ca = new Authority()
  await ca.root()
  await ca.role('web')
  for (let made = 0; made < 4; made++) await ca.issue('web')
  ca.pass(10 * 86_400)
})
afterEach(() => {
  vi.useRealTimers()
})

const options = { tidy_cert_store: true, safety_buffer: '1h', pause_duration: '10m', page_size: 1 }
const state = async () => (await ca.data('read', 'tidy-status')).state
const left = async () => (await ca.context.store.list('certs/')).length

/** Time passes for what waits and for the mount. */
async function pass(seconds: number): Promise<void> {
  for (let gone = 0; gone < seconds; gone += 10) {
    ca.pass(10)
    await vi.advanceTimersByTimeAsync(10_000)
    await ca.periodic()
  }
}

test('recurring work goes on while it pauses', async () => {
  await ca.call('update', 'config/auto-tidy', { ...options, enabled: true })
  const before = await left()
  await ca.periodic()
  expect(await state()).toBe('Running')
  await vi.waitFor(async () => expect(await left()).toBe(before - 1))
})

test('one that pauses for long is not taken for one that was left, and hears that it is cancelled', async () => {
  const before = await left()
  await ca.call('update', 'tidy', options)
  await vi.waitFor(async () => expect(await left()).toBe(before - 1))
  await pass(500)
  expect(await left()).toBe(before - 1)
  await pass(110)
  await vi.waitFor(async () => expect(await left()).toBe(before - 2))
  await ca.call('update', 'tidy-cancel')
  await pass(60)
  await vi.waitFor(async () => expect(await state()).toBe('Cancelled'))
  expect(await left()).toBe(before - 2)
})
