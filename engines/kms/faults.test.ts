import { createPublicKey, publicEncrypt } from 'node:crypto'
import { expect, test } from 'vitest'
import { FaultyBackend } from '../../storage/faulty.ts'
import { HELLO } from '../../test/engines/kms.ts'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kms } from './index.ts'
import { dueMs, keyCodec } from './keys/key.ts'
import { ALIASES, aliasCodec, DUE, KEYS, parsedDueRow } from './keys/key-store.ts'

/** Every write of a session fails once, either way: what is there afterwards fits together and works. */

const DAY = 86_400

/** Ciphertexts that the caller was given. */
async function session(mount: MountedEngine, given: unknown[]): Promise<void> {
  const encrypt = async () => given.push((await mount.data('update', 'encrypt/k', { plaintext: HELLO })).ciphertext)
  const { key_id: id } = await mount.data('update', 'keys/k')
  await encrypt()
  await mount.call('update', 'keys/k/rotation', { rotation_period_in_days: 90 })
  await mount.call('update', 'keys/k/rotate')
  await encrypt()
  const grant = { grantee_principal: 'policy:x', retiring_principal: 'policy:y', operations: ['Encrypt'] }
  const { grant_token: token } = await mount.data('update', 'keys/k/grants', grant)
  await mount.call('update', 'keys/other')
  await mount.call('update', 'keys/other/aliases/k')
  await mount.call('update', `keys/${id}/aliases/k`)
  await mount.call('update', 'keys/brought', { origin: 'EXTERNAL' })
  const wrapping = await mount.data('update', 'keys/brought/import/parameters')
  const wrapped = publicEncrypt(
    { key: createPublicKey(String(wrapping.public_key)), oaepHash: 'sha256' },
    Buffer.alloc(32, 1),
  )
  await mount.call('update', 'keys/brought/import', {
    import_token: wrapping.import_token,
    encrypted_key_material: wrapped.toString('base64'),
    valid_to: Math.floor(mount.time.nowMs / 1000) + DAY,
  })
  mount.pass(90 * DAY)
  await mount.periodic()
  await encrypt()
  await mount.call('delete', 'keys/other', { pending_window_in_days: 7 })
  mount.pass(7 * DAY)
  await mount.periodic()
  await mount.call('update', 'grants/retire', { grant_token: token }, undefined).catch(() => undefined)
}

/** Rows name what is there, and what is due has a row. */
async function checkRows({ context: { store } }: MountedEngine): Promise<void> {
  await store.refresh()
  const due = (await store.list(DUE)).map(parsedDueRow)
  for (const row of await store.list(ALIASES)) {
    const alias = await store.get(ALIASES + row, aliasCodec)
    expect(await store.get(KEYS + alias?.keyId, keyCodec)).toBeDefined()
    expect(await store.list(`key-aliases/${alias?.keyId}/`)).toContain(row)
  }
  const ids = await store.list(KEYS)
  for (const id of ids) {
    const key = await store.get(KEYS + id, keyCodec)
    const atMs = key && dueMs(key)
    expect(due.filter((row) => row.id === id)).toEqual(atMs === undefined ? [] : [{ atMs, id }])
  }
  expect(due.every(({ id }) => ids.includes(id))).toBe(true)
  for (const path of await store.scan('')) {
    const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(path) ?? []
    expect([path, id === undefined || ids.includes(id)]).toEqual([path, true])
  }
}

test.each(['refused', 'applied, reply lost'] as const)('a write is %s', async (fate) => {
  let faults = 0
  for (let nth = 1; ; nth++) {
    const disk = new MountedEngine(kms)
    let faulty: FaultyBackend | undefined
    const through = (backend: ConstructorParameters<typeof FaultyBackend>[0]) => {
      faulty = new FaultyBackend(backend, nth, fate)
      return faulty
    }
    const given: unknown[] = []
    await session(new MountedEngine(kms, { with: disk, through }), given).catch((error: unknown) =>
      expect(String(error)).toMatch(/injected|StorageError|not found|does not exist|no key/),
    )
    const healthy = new MountedEngine(kms, { with: disk, uncached: true })
    await checkRows(healthy)
    for (const ciphertext of given) {
      expect(await healthy.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
    }
    if (faulty?.fired !== true) break
    faults++
  }
  expect(faults).toBeGreaterThan(12)
})
