import { expect, test } from 'vitest'
import type { InitParams } from '../../engines/system/services/seal.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { SEAL_PATHS } from './paths.ts'
import type { SealConfig } from './seal-config.ts'
import { quietLog, TestingService, TestingVault } from './testing-vault.ts'

/** Whoever can write to the database changes the seal's own entries. */

const SHARES: InitParams = { secretShares: 3, secretThreshold: 2, recoveryShares: 0, recoveryThreshold: 0 }
const RECOVERY: InitParams = { secretShares: 0, secretThreshold: 0, recoveryShares: 3, recoveryThreshold: 2 }
const NO_RECOVERY: InitParams = { ...RECOVERY, recoveryShares: 0, recoveryThreshold: 0 }
const NEW_SHARES = { secretShares: 1, secretThreshold: 1, requireVerification: false }

const read = (backend: MemoryBackend, path: string) => backend.get([path])[0]
async function write(backend: MemoryBackend, path: string, value: Buffer | null): Promise<void> {
  await backend.commit([{ reads: [], lists: [], writes: [{ path, value }] }])
}

async function withoutRecoveryKeys(backend: MemoryBackend): Promise<void> {
  const config = JSON.parse(String(read(backend, SEAL_PATHS.config)?.value)) as SealConfig
  const altered = { ...config, recovery: { shares: 0, threshold: 0 } }
  await write(backend, SEAL_PATHS.config, Buffer.from(JSON.stringify(altered)))
}

test('each that a key seals is found to be damaged, of another time or of another vault, by a vault that is open', async () => {
  const backend = new MemoryBackend()
  const service = new TestingService()
  const vault = new TestingVault(backend, service, { breakGlass: true })
  await vault.manager.initialise(RECOVERY)
  const { keys } = vault.manager.vault()
  await vault.manager.configureRotation({ maxOperations: 5_000_000 })
  await keys.recordUsage()
  const first = read(backend, SEAL_PATHS.keyring)?.value
  await vault.manager.rotateKeyring()
  const { names } = backend.list('core/', { recursive: true, after: '', limit: 100 })
  const problemAt = async (path: string) => {
    const entry = read(backend, path)
    return entry && keys.problemOfRecord(entry)
  }
  const found: Record<string, string | undefined> = {}
  for (const path of names.map((name) => `core/${name}`)) {
    expect([path, await problemAt(path)]).toEqual([path, undefined])
    const value = Buffer.from(read(backend, path)?.value ?? [])
    const altered = Buffer.from(value)
    altered[altered.length - 3] = (altered[altered.length - 3] ?? 0) ^ 1
    await write(backend, path, altered)
    // What tells this process that keys have changed would have it look at them all.
    if (path !== SEAL_PATHS.epoch && path !== SEAL_PATHS.restored) found[path] = await problemAt(path)
    if (path !== SEAL_PATHS.epoch) await write(backend, path, value)
    await keys.refresh()
  }
  const damaged = 'it does not decrypt'
  expect(found).toMatchObject({
    [SEAL_PATHS.keyring]: damaged,
    'core/ns/root/keys': damaged,
    [SEAL_PATHS.config]: damaged,
    [SEAL_PATHS.recoveryKey]: damaged,
    [SEAL_PATHS.breakGlassKey]: damaged,
    [SEAL_PATHS.rotationConfig]: damaged,
    [SEAL_PATHS.usage]: damaged,
  })
  await write(backend, SEAL_PATHS.keyring, Buffer.from(first ?? []))
  expect(await problemAt(SEAL_PATHS.keyring)).toBe('it is not the one in use')
  await withoutRecoveryKeys(backend)
  expect(await problemAt(SEAL_PATHS.config)).toBe('it is not the one in use')
})

test('an older keyring that was put back is told of in the log, as an error', async () => {
  const backend = new MemoryBackend()
  const errors: string[] = []
  const log = { ...quietLog, error: (_fields: object, message: string) => errors.push(message) }
  const vault = new TestingVault(backend, undefined, { log })
  const { shares } = await vault.manager.initialise(SHARES)
  await vault.unseal(shares.slice(0, 2))
  const paths = [SEAL_PATHS.keyring, 'core/ns/root/keys', SEAL_PATHS.usage, SEAL_PATHS.rotationConfig]
  const valueAt = (path: string) => read(backend, path)?.value
  const older = paths.map((path) => valueAt(path) && Buffer.from(valueAt(path) ?? []))
  await vault.manager.rotateKeyring()
  const putBack = async () => {
    await write(backend, SEAL_PATHS.epoch, Buffer.from('another'))
    await vault.manager.refresh()
  }
  await putBack()
  expect(errors).toEqual([])
  for (const [at, path] of paths.entries()) await write(backend, path, older[at] ?? null)
  await putBack()
  expect(errors).toEqual([expect.stringContaining('an older keyring was put back into storage')])
})

test('a seal configuration that says there are no recovery keys gives nobody a quorum, whatever the seal is', async () => {
  const service = new TestingService()
  for (const [params, wrapper] of [
    [SHARES, undefined],
    [RECOVERY, service],
  ] as const) {
    const backend = new MemoryBackend()
    const vault = new TestingVault(backend, wrapper)
    const { shares } = await vault.manager.initialise(params)
    await vault.unseal(shares.slice(0, 2))
    const { keys } = vault.manager.vault()
    await withoutRecoveryKeys(backend)
    for (const isDeleted of [false, true]) {
      if (isDeleted) await write(backend, SEAL_PATHS.recoveryKey, null)
      await write(backend, SEAL_PATHS.epoch, Buffer.from('another'))
      await keys.refresh()
      await expect(vault.manager.recoveryShares.start(NEW_SHARES)).rejects.toThrow('a stored value is damaged')
      expect((await vault.manager.recoveryShares.status()).started).toBe(false)
      await expect(vault.manager.rootGeneration.start('')).rejects.toThrow('no recovery keys')
    }
  }
})

test('where none were made, the first ones are made without a quorum, and then it takes one', async () => {
  const backend = new MemoryBackend()
  const service = new TestingService()
  const vault = new TestingVault(backend, service)
  await vault.manager.initialise(NO_RECOVERY)
  const made = await vault.manager.recoveryShares.start(NEW_SHARES)
  expect(made?.shares).toHaveLength(1)
  expect(await vault.manager.recoveryShares.start(NEW_SHARES)).toBeUndefined()
})

test('that none were made is not believed once some were, by a record that was kept and put back, nor one of another term', async () => {
  const backend = new MemoryBackend()
  const service = new TestingService()
  const vault = new TestingVault(backend, service)
  await vault.manager.initialise(NO_RECOVERY)
  const first = Buffer.from(read(backend, SEAL_PATHS.recoveryKey)?.value ?? [])
  await vault.manager.rotateKeyring()
  const second = Buffer.from(read(backend, SEAL_PATHS.recoveryKey)?.value ?? [])
  expect((await vault.manager.recoveryShares.start(NEW_SHARES))?.shares).toHaveLength(1)
  await vault.core.readValue()
  await withoutRecoveryKeys(backend)
  for (const kept of [first, second]) {
    await write(backend, SEAL_PATHS.recoveryKey, kept)
    await write(backend, SEAL_PATHS.epoch, Buffer.from('another'))
    await vault.manager.vault().keys.refresh()
    await expect(vault.manager.recoveryShares.start(NEW_SHARES)).rejects.toThrow('a stored value is damaged')
    const restarted = new TestingVault(backend, service)
    expect(await restarted.manager.start()).toBe('open')
    await expect(restarted.manager.recoveryShares.start(NEW_SHARES)).rejects.toThrow('a stored value is damaged')
  }
})

test('a first recovery key that waits to be proven is none any more once another process has made one', async () => {
  const backend = new MemoryBackend()
  const service = new TestingService()
  const [one, two] = [new TestingVault(backend, service), new TestingVault(backend, service)]
  await one.manager.initialise(NO_RECOVERY)
  expect(await two.manager.start()).toBe('open')
  const waiting = await one.manager.recoveryShares.start({ ...NEW_SHARES, requireVerification: true })
  const inForce = (await two.manager.recoveryShares.start(NEW_SHARES))?.shares[0]
  const [share, nonce] = [waiting?.shares[0], waiting?.verificationNonce]
  if (share === undefined || nonce === undefined || inForce === undefined) throw new Error('no shares')
  await expect(one.manager.recoveryShares.verify(Buffer.from(share), nonce)).rejects.toThrow(
    'a stored value is damaged',
  )
  const key = Buffer.from(inForce)
  expect(await one.manager.vault().isAuthority(key)).toBe(true)
  expect(await one.manager.vault().isAuthority(Buffer.from(share))).toBe(false)
})

test('a recovery record that was altered keeps the keyring from no rotation', async () => {
  const backend = new MemoryBackend()
  const vault = new TestingVault(backend, new TestingService())
  await vault.manager.initialise(RECOVERY)
  const value = Buffer.from(read(backend, SEAL_PATHS.recoveryKey)?.value ?? [])
  value[value.length - 1] = (value.at(-1) ?? 0) ^ 1
  for (const altered of [value, Buffer.from('x'), Buffer.alloc(0)]) {
    await write(backend, SEAL_PATHS.recoveryKey, altered)
    const { term } = await vault.manager.keyStatus()
    await vault.manager.rotateKeyring()
    expect((await vault.manager.keyStatus()).term).toBe(term + 1)
  }
})

test('a first recovery key is made also by a process that has not seen the newest term', async () => {
  const backend = new MemoryBackend()
  const service = new TestingService()
  const [one, two] = [new TestingVault(backend, service), new TestingVault(backend, service)]
  await one.manager.initialise(NO_RECOVERY)
  expect(await two.manager.start()).toBe('open')
  await one.manager.rotateKeyring()
  const made = await two.manager.recoveryShares.start({ ...NEW_SHARES, requireVerification: true })
  await one.manager.rotateKeyring()
  const share = Buffer.from(made?.shares[0] ?? [])
  const proven = await two.manager.recoveryShares.verify(share, made?.verificationNonce ?? '')
  expect(proven.complete).toBe(true)
  await one.manager.refresh()
  await one.core.readValue()
})
