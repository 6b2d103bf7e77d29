import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pausedBefore } from '../../test/engines/paused-node.ts'
import { Authority } from '../../test/pki/authority.ts'

/** Another node on the same mount that stands still before its nth commit to the job. */
function pausedIn(nth: number, ca: Authority) {
  const { through, met, goOn } = pausedBefore(nth, 'tidy/job')
  return { node: new Authority({ with: ca, through }), met, goOn }
}

async function withExpired(): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  for (let issued = 0; issued < 3; issued++) await ca.issue('web')
  ca.pass(2 * 3600)
  return ca
}

/** What was let go on has gone as far as it goes: the storage is in memory, and each step takes a turn at most. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await setImmediate()
}

const kept = async (ca: Authority): Promise<number> => {
  await ca.context.store.refresh()
  return ((await ca.data('list', 'certs')).keys as string[]).length
}
const KEEPS_ALL = { tidy_cert_store: true, safety_buffer: '720h' }
const REMOVES_ALL = { tidy_cert_store: true, safety_buffer: '1s' }

test.each([2, 3])(
  'a run that was paused before its step %i does nothing for the one that came after it',
  async (step) => {
    const ca = await withExpired()
    await ca.call('update', 'config/auto-tidy', { enabled: true, ...REMOVES_ALL })
    const first = pausedIn(step, ca)
    await first.node.periodic()
    await first.met
    ca.pass(180)
    const left = await kept(ca)
    const second = pausedIn(2, ca)
    await second.node.call('update', 'tidy', KEEPS_ALL)
    await second.met
    first.goOn()
    await settled()
    expect(await kept(ca)).toBe(left)
    expect((await ca.data('read', 'tidy-status')).state).toBe('Running')
    second.goOn()
    await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
    expect(await kept(ca)).toBe(left)
  },
)

test('a run whose process stopped is gone on with, also when that wakes up again', async () => {
  const ca = await withExpired()
  const first = pausedIn(3, ca)
  await first.node.call('update', 'tidy', REMOVES_ALL)
  await first.met
  await ca.periodic()
  expect((await ca.data('read', 'tidy-status')).state).toBe('Running')
  ca.pass(180)
  await ca.periodic()
  const finished = { state: 'Finished', cert_store_deleted_count: 3 }
  await expect.poll(() => ca.data('read', 'tidy-status')).toMatchObject(finished)
  first.goOn()
  await settled()
  await first.node.context.store.refresh()
  expect(await ca.data('read', 'tidy-status')).toMatchObject(finished)
})
