import { beforeEach, describe, expect, test } from 'vitest'
import { AEADS } from '../../crypto/keys/aeads.ts'
import type { BatchToSeal } from '../../crypto/keys/sealing-thread.ts'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { base64, HELLO } from '../../test/engines/transit.ts'
import type { BatchSealing } from '../batch-sealing.ts'
import { transit } from './index.ts'

/** Seals as the thread does, and tells what it was given. */
class WatchedSealing implements BatchSealing {
  readonly batches: BatchToSeal[] = []
  hasRoom = true
  fails = false

  async seal(batch: BatchToSeal): Promise<readonly Buffer[] | undefined> {
    this.batches.push(batch)
    if (this.fails) return undefined
    const { aead } = AEADS.find(({ name }) => name === batch.algorithm) as (typeof AEADS)[number]
    const [plaintexts, nonces] = [Buffer.from(batch.plaintexts), Buffer.from(batch.nonces)]
    let at = 0
    return Array.from(batch.lengths, (length, index) => {
      const nonce = nonces.subarray(index * aead.nonceBytes, (index + 1) * aead.nonceBytes)
      const plaintext = plaintexts.subarray(at, at + length)
      at += length
      return aead.seal(batch.key, nonce, plaintext, undefined)
    })
  }
}

let aside: WatchedSealing
let mount: MountedEngine
beforeEach(() => {
  aside = new WatchedSealing()
  mount = new MountedEngine(transit, { batchSealing: aside })
})

type Results = readonly Record<string, unknown>[]
const numbered = (count: number, extra: object = {}) =>
  Array.from({ length: count }, (_, number) => ({
    plaintext: base64(`secret ${number}`.repeat(number % 5)),
    reference: `r${number}`,
    ...extra,
  }))

async function encryptAll(items: readonly object[]): Promise<{ status: number | undefined; results: Results }> {
  const { status, data } = await mount.call('update', 'encrypt/k', { batch_input: items })
  return { status, results: data?.batch_results as Results }
}

async function expectRoundTrip(items: readonly { plaintext: string; reference: string }[], extra: object = {}) {
  const { status, results } = await encryptAll(items)
  expect(status).toBeUndefined()
  const back = await mount.data('update', 'decrypt/k', {
    batch_input: results.map(({ ciphertext, reference }) => ({ ciphertext, reference, ...extra })),
  })
  expect(back.batch_results).toEqual(items.map(({ plaintext, reference }) => ({ plaintext, reference })))
  return results
}

describe('a large batch is encrypted on another thread', () => {
  test.each(AEADS.map(({ name }) => name))('with a key of type %s', async (type) => {
    await mount.call('update', 'keys/k', { type })
    await mount.call('update', 'keys/k/rotate')
    const results = await expectRoundTrip(numbered(300))
    expect(new Set(results.map(({ ciphertext }) => ciphertext)).size).toBe(300)
    expect(results[299]).toEqual({
      ciphertext: expect.stringMatching(/^vault:v2:/),
      key_version: 2,
      reference: 'r299',
    })
    expect(aside.batches.map(({ lengths }) => lengths.length)).toEqual([128, 128, 44])
  })

  test('and here, where that has no room or could not do it', async () => {
    await mount.call('update', 'keys/k')
    aside.fails = true
    await expectRoundTrip(numbered(300))
    expect(aside.batches).toHaveLength(3)
    aside.hasRoom = false
    await expectRoundTrip(numbered(300))
    expect(aside.batches).toHaveLength(3)
  })

  test('an item that is no base64 is refused alone, and its line breaks are no harm', async () => {
    await mount.call('update', 'keys/k')
    const broken = `${HELLO.slice(0, 4)}\n${HELLO.slice(4)}`
    const { status, results } = await encryptAll([
      ...numbered(40),
      { plaintext: '*', reference: 'bad' },
      { plaintext: broken },
    ])
    expect([status, results.length]).toEqual([400, 42])
    expect(results[40]).toEqual({ error: 'illegal base64 data at input byte 0', reference: 'bad' })
    const { ciphertext } = results[41] ?? {}
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
  })
})

describe('what is encrypted here', () => {
  test('fewer items', async () => {
    await mount.call('update', 'keys/k')
    await expectRoundTrip(numbered(31))
    expect(aside.batches).toEqual([])
  })

  test.each([
    ['a context', { derived: true }, { context: HELLO }],
    ['convergent encryption', { derived: true, convergent_encryption: true }, { context: HELLO }],
    ['associated data', {}, { associated_data: HELLO }],
  ])('items with %s', async (_, settings, extra) => {
    await mount.call('update', 'keys/k', settings)
    await expectRoundTrip(numbered(40, extra), extra)
    expect(aside.batches).toEqual([])
  })

  test.each([
    ['a nonce', {}, { nonce: HELLO }, 'nonce provided when not allowed'],
    ['a version that there is not', {}, { key_version: 9 }, 'requested version for encryption is higher than'],
    ['a derived key and no context', { derived: true }, {}, "missing 'context' for key derivation"],
    ['a key that does not encrypt', { type: 'ed25519' }, {}, 'message encryption not supported for key type ed25519'],
  ])('so that items with %s are refused one by one', async (_, settings, extra, refusal) => {
    await mount.call('update', 'keys/k', settings)
    const { status, results } = await encryptAll(numbered(40, extra))
    expect(status).toBe(400)
    expect(results.every(({ error }) => String(error).startsWith(refusal))).toBe(true)
    expect(aside.batches).toEqual([])
  })

  test('and a key that was deleted softly encrypts nowhere', async () => {
    await mount.call('update', 'keys/k')
    await mount.call('update', 'keys/k/config', { deletion_allowed: true })
    await mount.call('delete', 'keys/k/soft-delete')
    const { results } = await encryptAll(numbered(40))
    expect(results.every(({ error }) => error === 'refusing to use soft-deleted key')).toBe(true)
    expect(aside.batches).toEqual([])
  })
})
