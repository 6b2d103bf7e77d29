import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HELLO, kindOfRefusal, withKey } from '../../../test/engines/kms.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { toldWithin } from '../../../test/harness/properties.ts'
import { kms } from '../index.ts'

/** The life of a key, compared with a model of it; and what happens when several do something at one time. */

const DAY = 86_400
type Step =
  | 'enable'
  | 'disable'
  | 'schedule'
  | 'cancel'
  | 'rotate'
  | 'plan'
  | 'tend'
  | 'encrypt'
  | { readonly days: number }

/** What a key should be. Days count from its making. */
interface Model {
  today: number
  enabled: boolean
  goesOn: number | undefined
  gone: boolean
  versions: number
  rotatesOn: number | undefined
}

const isOpen = ({ gone, goesOn }: Model) => !gone && goesOn === undefined
const isUsable = (model: Model) => isOpen(model) && model.enabled

/** Whether the step should succeed, with its effect on the model. */
function modelled(model: Model, step: Exclude<Step, object>): boolean {
  const may = { enable: isOpen, disable: isOpen, schedule: isOpen, tend: () => true, encrypt: isUsable }
  if (step === 'rotate' || step === 'plan') {
    if (!isUsable(model)) return false
    if (step === 'rotate') model.versions++
    else model.rotatesOn = model.today + 90
    return true
  }
  if (step === 'cancel') {
    if (model.gone || model.goesOn === undefined || model.goesOn <= model.today) return false
    model.goesOn = undefined
    model.enabled = false
    return true
  }
  if (!may[step](model)) return false
  if (step === 'enable' || step === 'disable') model.enabled = step === 'enable'
  if (step === 'schedule') model.goesOn = model.today + 7
  if (step === 'tend') tend(model)
  return true
}

function tend(model: Model): void {
  if (model.goesOn !== undefined && model.goesOn <= model.today) model.gone = true
  if (isUsable(model) && model.rotatesOn !== undefined && model.rotatesOn <= model.today) {
    model.versions++
    model.rotatesOn = model.today + 90
  }
}

async function done(mount: MountedEngine, step: Exclude<Step, object>, ciphertexts: string[]): Promise<boolean> {
  if (step === 'tend') return mount.periodic().then(() => true)
  const paths = {
    enable: 'keys/k/enable',
    disable: 'keys/k/disable',
    schedule: 'keys/k',
    cancel: 'keys/k/cancel-deletion',
    rotate: 'keys/k/rotate',
    plan: 'keys/k/rotation',
    encrypt: 'encrypt/k',
  }
  const data = { plaintext: HELLO, pending_window_in_days: 7, rotation_period_in_days: 90 }
  const outcome = mount.call(step === 'schedule' ? 'delete' : 'update', paths[step], data)
  return outcome.then(
    (reply) => {
      if (step === 'encrypt') ciphertexts.push(String(reply.data?.ciphertext))
      return true
    },
    () => false,
  )
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('enable', 'disable', 'schedule', 'cancel', 'rotate', 'plan', 'tend', 'encrypt'),
  fc.record({ days: fc.constantFrom(1, 7, 45, 90) }),
)

test('a key does what it should, in whatever order things happen to it', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { mount, id } = await withKey()
      const model: Model = {
        today: 0,
        enabled: true,
        goesOn: undefined,
        gone: false,
        versions: 1,
        rotatesOn: undefined,
      }
      const ciphertexts: string[] = []
      for (const next of steps) {
        if (typeof next === 'object') {
          model.today += next.days
          mount.pass(next.days * DAY)
          continue
        }
        expect([next, await done(mount, next, ciphertexts)]).toEqual([next, modelled(model, next)])
      }
      if (model.gone) {
        expect(await mount.context.store.scan('')).toEqual([])
        return
      }
      const state = model.goesOn !== undefined ? 'PendingDeletion' : model.enabled ? 'Enabled' : 'Disabled'
      expect(await mount.data('read', `keys/${id}`)).toMatchObject({ key_state: state, key_version: model.versions })
      for (const ciphertext of ciphertexts) {
        const opened = await mount.data('update', 'decrypt', { ciphertext }).catch(() => undefined)
        expect(opened?.plaintext).toBe(isUsable(model) ? HELLO : undefined)
      }
    }),
    { numRuns: 150, ...toldWithin() },
  ))

const outcomes = async (calls: readonly Promise<unknown>[]): Promise<readonly string[]> =>
  (await Promise.allSettled(calls)).map(({ status }) => status)

test('an alias that many want at once is given to one', async () => {
  const { mount } = await withKey()
  const ids = await Promise.all(
    Array.from({ length: 5 }, async () => String((await mount.data('update', 'keys')).key_id)),
  )
  const asked = await outcomes(ids.map((id) => mount.call('update', `keys/${id}/aliases/one`, { mode: 'create' })))
  expect(asked.filter((status) => status === 'fulfilled')).toHaveLength(1)
  const named = await outcomes(
    Array.from({ length: 5 }, () => mount.call('update', 'keys/fresh', { tags: { a: '1' } })),
  )
  expect(named.filter((status) => status === 'fulfilled')).toHaveLength(1)
  // The keys of those who came too late are not there either.
  expect((await mount.data('list', 'keys')).keys).toHaveLength(7)
})

test('what one node does to a key holds on another from the next request on', async () => {
  const { mount, id } = await withKey()
  const node = new MountedEngine(kms, { with: mount, uncached: true })
  const { ciphertext } = await node.data('update', 'encrypt/k', { plaintext: HELLO })
  await mount.call('update', 'keys/k/rotate')
  const { ciphertext: newer } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(await node.data('update', 'decrypt', { ciphertext: newer })).toMatchObject({ plaintext: HELLO })
  await mount.call('update', 'keys/k/disable')
  expect(await kindOfRefusal(node, 'decrypt', { ciphertext })).toBe('Disabled')
  await mount.call('update', 'keys/k/enable')
  const nobody = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }
  const all = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }
  await mount.call('update', `keys/${id}/policy`, { policy: { Statement: [all, nobody] } })
  expect(await kindOfRefusal(node, 'decrypt', { ciphertext })).toBe('AccessDenied')
})

test('two nodes tend a key once', async () => {
  const { mount } = await withKey()
  const node = new MountedEngine(kms, { with: mount, uncached: true })
  await mount.call('update', 'keys/k/rotation', { rotation_period_in_days: 90 })
  mount.pass(90 * DAY)
  await Promise.all([mount.periodic(), node.periodic()])
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 2 })
})
