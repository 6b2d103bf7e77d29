import { describe, expect, test } from 'vitest'
import type { InitParams } from '../../engines/system/services/seal.ts'
import type { Backend } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { SEAL_PATHS } from './paths.ts'
import { copyOf, everyFault, FATES, Switched } from './testing-faults.ts'
import { TestingService, TestingVault } from './testing-vault.ts'

/** What opens a vault changes its kind, and storage fails meanwhile: somebody can always open it, and it is whole. */

const SHARES: InitParams = { secretShares: 3, secretThreshold: 2, recoveryShares: 0, recoveryThreshold: 0 }
const RECOVERY: InitParams = { secretShares: 0, secretThreshold: 0, recoveryShares: 3, recoveryThreshold: 2 }
const copies = (shares: readonly Buffer[]) => shares.map((share) => Buffer.from(share))

async function migrate(vault: TestingVault, shares: readonly Buffer[]): Promise<void> {
  for (const share of copies(shares)) await vault.manager.unseal(share, true)
}

async function openedByService(disk: Backend, service: TestingService): Promise<boolean> {
  const vault = new TestingVault(disk, service)
  if ((await vault.manager.start()) !== 'open') return false
  await vault.core.readValue()
  return true
}

async function openedByShares(disk: Backend, shares: readonly Buffer[]): Promise<boolean> {
  const vault = new TestingVault(disk)
  await vault.unseal(copies(shares))
  await vault.core.readValue()
  return true
}

describe.each(FATES)('when the nth operation is: %s', (fate) => {
  test('a vault on its way from shares to a service is opened by one of them, and gets there', async () => {
    const disk = new MemoryBackend()
    const { shares } = await new TestingVault(disk).manager.initialise(SHARES)
    await everyFault(fate, async (faulty) => {
      const copy = await copyOf(disk)
      const service = new TestingService()
      await migrate(new TestingVault(faulty(copy), service), shares.slice(1)).catch(() => undefined)
      const moved = (await new TestingVault(copy).manager.status()).type === 'transit'
      if (moved) expect(await openedByService(copy, service)).toBe(true)
      else expect(await openedByShares(copy, shares.slice(1))).toBe(true)
      if (!moved) await migrate(new TestingVault(copy, service), shares.slice(0, 2))
      expect(await openedByService(copy, service)).toBe(true)
    })
  })

  test('a vault on its way from a service to shares is opened by one of them, and gets there', async () => {
    const disk = new MemoryBackend()
    const service = new TestingService()
    const { recoveryShares } = await new TestingVault(disk, service).manager.initialise(RECOVERY)
    await everyFault(fate, async (faulty) => {
      const copy = await copyOf(disk)
      const leaving = (backend: Backend) => new TestingVault(backend, undefined, { formerWrapper: service })
      await migrate(leaving(faulty(copy)), recoveryShares.slice(1)).catch(() => undefined)
      const moved = (await new TestingVault(copy).manager.status()).type === 'shamir'
      if (!moved) {
        expect(await openedByService(copy, service)).toBe(true)
        await migrate(leaving(copy), recoveryShares.slice(0, 2))
      }
      expect(await openedByShares(copy, recoveryShares.slice(1))).toBe(true)
    })
  })

  test('with break-glass, a new root key is under the service and under the shares, or under neither', async () => {
    const disk = new MemoryBackend()
    const service = new TestingService()
    const parts = { breakGlass: true }
    const { recoveryShares } = await new TestingVault(disk, service, parts).manager.initialise(RECOVERY)
    await everyFault(fate, async (faulty) => {
      const copy = await copyOf(disk)
      const backend = new Switched(copy)
      const vault = new TestingVault(backend, service, parts)
      await vault.manager.start()
      backend.use(faulty(copy))
      await vault.manager.rotateRootKey().catch(() => undefined)
      backend.use(copy)
      await vault.manager.tick()
      expect(await openedByService(copy, service)).toBe(true)
      const without = new TestingVault(copy, service, parts)
      service.isAway = true
      await without.unseal(copies(recoveryShares.slice(1))).finally(() => {
        service.isAway = false
      })
      await without.core.readValue()
    })
  })

  test('a root key that is wrapped anew is never lost, and a start does not fail for it', async () => {
    const disk = new MemoryBackend()
    const service = new TestingService()
    await new TestingVault(disk, service).manager.initialise(RECOVERY)
    service.version = 2
    await everyFault(fate, async (faulty) => {
      const copy = await copyOf(disk)
      await new TestingVault(faulty(copy), service).manager.start().catch(() => undefined)
      expect(await openedByService(copy, service)).toBe(true)
      expect((await copy.get([SEAL_PATHS.rootKey]))[0]?.value[0]).toBe(2)
    })
  })
})

test('what a service gives back is a root key or nothing', async () => {
  const disk = new MemoryBackend()
  const service = new TestingService()
  await new TestingVault(disk, service).manager.initialise(RECOVERY)
  for (const answer of [Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(32), Buffer.alloc(64)]) {
    service.unwrapRootKey = async () => Buffer.from(answer)
    const vault = new TestingVault(disk, service)
    await expect(vault.manager.start()).rejects.toThrow('a stored value is damaged')
    expect((await vault.manager.status()).sealed).toBe(true)
  }
})

test('shares of a vault that moved decrypt nothing any more', async () => {
  const disk = new MemoryBackend()
  const { shares } = await new TestingVault(disk).manager.initialise(SHARES)
  const service = new TestingService()
  await migrate(new TestingVault(disk, service), shares.slice(1))
  service.isAway = true
  const vault = new TestingVault(disk, service)
  await expect(vault.unseal(copies(shares.slice(1)))).rejects.toThrow('the service is away')
  const { names } = disk.list('core/', { recursive: true, after: '', limit: 100 })
  expect(names).not.toContain(SEAL_PATHS.breakGlassRootKey)
})

test('shares that operators are giving are not forgotten when the service fails once more', async () => {
  const disk = new MemoryBackend()
  const service = new TestingService()
  const parts = { breakGlass: true }
  const { recoveryShares } = await new TestingVault(disk, service, parts).manager.initialise(RECOVERY)
  service.isAway = true
  const vault = new TestingVault(disk, service, parts)
  await vault.unseal(copies(recoveryShares.slice(0, 1)))
  await expect(vault.manager.start()).rejects.toThrow('the service is away')
  expect((await vault.manager.status()).progress).toBe(1)
  await vault.unseal(copies(recoveryShares.slice(1, 2)))
  await vault.core.readValue()
})

test('a process that is open while another moves the vault asks for the shares as they are then', async () => {
  const disk = new MemoryBackend()
  const { shares } = await new TestingVault(disk).manager.initialise(SHARES)
  const open = new TestingVault(disk)
  await open.unseal(copies(shares.slice(1)))
  await migrate(new TestingVault(disk, new TestingService()), shares.slice(1))
  await open.manager.tick()
  // It can't wrap for a service that it does not know.
  await expect(open.manager.rotateRootKey()).rejects.toThrow('the unseal key was changed elsewhere')
  await open.manager.rootGeneration.start('')
  const { nonce } = await open.manager.rootGeneration.status()
  const [one, two] = copies(shares.slice(1)) as [Buffer, Buffer]
  await open.manager.rootGeneration.update(one, nonce)
  expect((await open.manager.rootGeneration.update(two, nonce)).complete).toBe(true)
})
