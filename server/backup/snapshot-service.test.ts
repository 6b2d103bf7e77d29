import { expect, test } from 'vitest'
import { systemRandom } from '../../crypto/random.ts'
import { EgideError } from '../../engines/errors.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { quietLog } from '../seal/testing-vault.ts'
import { SnapshotService } from './snapshot-service.ts'

/** Over a storage of some hundred entries; `ended` is how each snapshot ended. */
async function service(isSealed = () => false) {
  const backend = new MemoryBackend()
  const cipher = testingCipher()
  const value = Buffer.alloc(5000)
  const writes = Array.from({ length: 900 }, (_, at) => ({ path: `core/${at}`, value }))
  await backend.commit([{ reads: [], lists: [], writes }])
  const ended: string[] = []
  const store = createStore({ backend, cipher, prefix: 'ns/root/' })
  const snapshots = new SnapshotService({
    backend,
    store,
    identity: { clusterId: 'id', clusterName: 'name', nodeId: 'node' },
    keys: {
      cipherFor() {
        if (isSealed()) throw new EgideError('sealed', 'Vault is sealed')
        return cipher
      },
      loadNamespace: async () => cipher,
      releaseNamespace: () => {},
      problemOfRecord: async () => undefined,
    },
    vault: { keysIn: () => Promise.reject(new Error('not asked')), reopen: async () => {} },
    others: async () => [],
    version: '0',
    spoolFolder: '',
    clock: { now: () => 1_700_000_000_000 },
    random: systemRandom,
    log: quietLog,
    events: { snapshotEnded: (outcome) => ended.push(outcome) },
  })
  return { snapshots, ended }
}

async function bytesOf(pieces: AsyncIterable<Uint8Array | string>): Promise<number> {
  let bytes = 0
  for await (const piece of pieces) bytes += piece.length
  return bytes
}

test('one is taken at a time, and its end makes room', async () => {
  const { snapshots, ended } = await service()
  const first = await snapshots.take(undefined)
  await expect(snapshots.take(undefined)).rejects.toMatchObject({ code: 'rate_limited' })
  expect(await bytesOf(first)).toBeGreaterThan(900 * 5000)
  expect(await bytesOf(await snapshots.take(undefined))).toBeGreaterThan(0)
  expect(ended).toEqual(['complete', 'complete'])
})

test('an answer that nobody reads makes room when its request is over', async () => {
  const { snapshots, ended } = await service()
  const gone = new AbortController()
  const unread = await snapshots.take(gone.signal)
  await snapshots.check(0, gone.signal)
  await expect(snapshots.check(0, undefined)).rejects.toMatchObject({ code: 'rate_limited' })
  gone.abort()
  await expect.poll(() => ended).toEqual(['broken'])
  expect(await bytesOf(unread).catch((error: { code?: string }) => error.code)).toBe('ERR_STREAM_PREMATURE_CLOSE')
  expect(await bytesOf(await snapshots.take(undefined))).toBeGreaterThan(0)
  expect(await bytesOf(await snapshots.check(0, undefined))).toBeGreaterThan(0)
})

test('a vault that is sealed gives nothing more', async () => {
  let sealed = false
  const { snapshots, ended } = await service(() => sealed)
  const taken = await snapshots.take(undefined)
  sealed = true
  await expect(bytesOf(taken)).rejects.toMatchObject({ code: 'sealed' })
  expect(ended).toEqual(['broken'])
})
