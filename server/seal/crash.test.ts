import { describe, expect, test } from 'vitest'
import type { InitResult } from '../../engines/system/services/seal.ts'
import type { Backend } from '../../storage/backend.ts'
import { FaultyBackend } from '../../storage/faulty.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { copyOf, everyFault, FATES, Switched } from './testing-faults.ts'
import { TestingService, TestingVault } from './testing-vault.ts'

/**
 * The nth write or read of each change of keys fails, for every n. Whatever storage holds then, somebody can open it: a
 * new process stands for the one that crashed.
 */

const PARAMS = { secretShares: 3, secretThreshold: 2, recoveryShares: 0, recoveryThreshold: 0 }
const RECOVERY = { secretShares: 0, secretThreshold: 0, recoveryShares: 3, recoveryThreshold: 2 }
const CHANGE = { secretShares: 4, secretThreshold: 3, requireVerification: false }

/** As `everyFault`, with a lost reply and after it every read that may then fail. */
async function everyLostReply(session: (faulty: (disk: Backend) => Backend) => Promise<void>) {
  let lost: FaultyBackend | undefined
  let unreadable: FaultyBackend | undefined
  for (let write = 1; write === 1 || lost?.fired; write++) {
    for (let read = 1; read === 1 || unreadable?.fired; read++) {
      await session((disk) => {
        unreadable = new FaultyBackend(disk, read, 'unreadable')
        lost = new FaultyBackend(unreadable, write, 'applied, reply lost')
        return lost
      })
    }
  }
}

async function open(disk: Backend, shares: readonly Buffer[]): Promise<TestingVault> {
  const vault = new TestingVault(disk)
  await vault.unseal(shares)
  await vault.core.readValue()
  return vault
}

const opens = (disk: Backend, shares: readonly Buffer[]): Promise<boolean> =>
  open(disk, shares).then(
    () => true,
    () => false,
  )

/** Either the shares that were handed out open the vault, or it counts as uninitialised and can be initialised. */
async function expectUsable(vault: TestingVault, disk: Backend, made: InitResult | undefined): Promise<void> {
  if (made === undefined) {
    expect((await vault.manager.status()).initialized).toBe(false)
    made = await vault.manager.initialise(PARAMS)
  }
  const opened = await open(disk, made.shares.slice(1))
  expect(await opened.core.hasRootToken(made.rootToken)).toBe(true)
  expect(await opened.core.countRootTokens()).toBe(1)
}

describe.each(FATES)('when the nth operation is: %s', (fate) => {
  test('initialisation leaves a vault whose shares are known, or none', async () => {
    await everyFault(fate, async (faulty) => {
      const disk = new MemoryBackend()
      const made = await new TestingVault(faulty(disk)).manager.initialise(PARAMS).catch(() => undefined)
      await expectUsable(new TestingVault(disk), disk, made)
    })
  })

  test('unsealing works when it is tried again', async () => {
    const disk = new MemoryBackend()
    const { shares } = await new TestingVault(disk).manager.initialise(PARAMS)
    if (fate !== 'unreadable') return expect(await opens(new FaultyBackend(disk, 1, fate), shares.slice(1))).toBe(true)
    await everyFault(fate, async (faulty) => {
      const backend = new Switched(faulty(disk))
      const vault = new TestingVault(backend)
      await vault.unseal(shares.slice(0, 2)).catch(() => undefined)
      backend.use(disk)
      await vault.manager.resetUnseal().catch(() => undefined)
      await vault.unseal(shares.slice(0, 2))
      await vault.core.readValue()
    })
  })

  test('new shares are in force, or the old ones are', async () => {
    const { disk, shares } = await preparedDisk()
    await everyFault(fate, async (faulty) => {
      const copy = await copyOf(disk)
      const backend = new Switched(copy)
      const vault = await open(backend, shares.slice(0, 2))
      backend.use(faulty(copy))
      const fresh = await rekey(vault, shares)
      backend.use(copy)
      expect(await opens(copy, fresh?.slice(1) ?? shares.slice(1))).toBe(true)
      // And this process can go on.
      const again = fresh ?? (await rekey(vault, shares))
      expect(await opens(copy, again?.slice(1) ?? [])).toBe(true)
    })
  })

  test('a new root key or a new term leaves the vault as it was, or changed', async () => {
    const { disk, shares } = await preparedDisk()
    for (const change of ['rotateRootKey', 'rotateKeyring'] as const) {
      await everyFault(fate, async (faulty) => {
        const copy = await copyOf(disk)
        const backend = new Switched(copy)
        const vault = await open(backend, shares.slice(0, 2))
        backend.use(faulty(copy))
        await vault.manager[change]().catch(() => undefined)
        backend.use(copy)
        await open(copy, shares.slice(1))
        await vault.manager[change]()
        await vault.core.write('ns/root/after', 'text')
        expect(await (await open(copy, shares.slice(1))).core.read('ns/root/after')).toBe('text')
      })
    }
  })

  test('a new recovery key is in force, or the old one is', async () => {
    await everyFault(fate, async (faulty) => {
      const disk = new MemoryBackend()
      const backend = new Switched(disk)
      const vault = new TestingVault(backend, new TestingService())
      const { recoveryShares } = await vault.manager.initialise(RECOVERY)
      backend.use(faulty(disk))
      const fresh = await rekey(vault, recoveryShares, 'recoveryShares')
      backend.use(disk)
      await vault.manager.seal()
      await vault.unseal(fresh?.slice(1) ?? recoveryShares.slice(1))
      await vault.core.readValue()
    })
  })
})

describe('when a reply is lost and then storage can not be read', () => {
  test('initialisation can be tried again by the same process', async () => {
    await everyLostReply(async (faulty) => {
      const disk = new MemoryBackend()
      const backend = new Switched(disk)
      const vault = new TestingVault(backend)
      backend.use(faulty(disk))
      const made = await vault.manager.initialise(PARAMS).catch(() => undefined)
      backend.use(disk)
      const known = made ?? (await vault.manager.initialise(PARAMS))
      await expectUsable(vault, disk, known)
    })
  })

  test('shares that nobody got are taken back', async () => {
    const { disk, shares } = await preparedDisk()
    await everyLostReply(async (faulty) => {
      const copy = await copyOf(disk)
      const backend = new Switched(copy)
      const vault = await open(backend, shares.slice(0, 2))
      backend.use(faulty(copy))
      const fresh = await rekey(vault, shares)
      backend.use(copy)
      await vault.manager.tick()
      expect(await opens(copy, fresh?.slice(1) ?? shares.slice(1))).toBe(true)
      expect((await vault.manager.status()).sealed).toBe(false)
      await vault.core.readValue()
    })
  })
})

/** Undefined when the change failed; a failing start is none. */
async function rekey(
  { manager }: TestingVault,
  shares: readonly Buffer[],
  which: 'rootShares' | 'recoveryShares' = 'rootShares',
): Promise<readonly Buffer[] | undefined> {
  const process = manager[which]
  try {
    await process.cancel({ allowed: true })
    await process.start(CHANGE)
    const { nonce } = await process.status()
    await process.update(Buffer.from(shares[0] as Buffer), nonce)
    return (await process.update(Buffer.from(shares[1] as Buffer), nonce))?.shares
  } catch {
    return undefined
  }
}

async function preparedDisk(): Promise<{ disk: MemoryBackend; shares: readonly Buffer[] }> {
  const disk = new MemoryBackend()
  const { shares } = await new TestingVault(disk).manager.initialise(PARAMS)
  return { disk, shares }
}
