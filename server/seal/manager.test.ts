import { beforeEach, describe, expect, test } from 'vitest'
import { combine } from '../../crypto/shamir.ts'
import type { InitParams, InitResult } from '../../engines/system/services/seal.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { SEAL_PATHS } from './paths.ts'
import { TestingService, TestingVault } from './testing-vault.ts'

const params = (secretShares: number, secretThreshold: number): InitParams => ({
  secretShares,
  secretThreshold,
  recoveryShares: 0,
  recoveryThreshold: 0,
})

let disk: MemoryBackend
let vault: TestingVault
let made: InitResult

beforeEach(async () => {
  disk = new MemoryBackend()
  vault = new TestingVault(disk)
  made = await vault.manager.initialise(params(5, 3))
})

const share = (index: number): Buffer => Buffer.from(made.shares[index] as Buffer)
const some = (...indexes: number[]): Buffer[] => indexes.map(share)

describe('initialisation', () => {
  test('hands out shares of 33 bytes and a root token that works after unsealing', async () => {
    expect(made.shares.map(({ length }) => length)).toEqual([33, 33, 33, 33, 33])
    expect(await vault.manager.status()).toMatchObject({ initialized: true, sealed: true, threshold: 3, shares: 5 })
    await vault.unseal(some(4, 0, 2))
    expect(await vault.core.hasRootToken(made.rootToken)).toBe(true)
  })

  test('happens once', async () => {
    await expect(vault.manager.initialise(params(1, 1))).rejects.toThrow('Vault is already initialized')
    await vault.unseal(some(0, 1, 2))
    await expect(vault.manager.initialise(params(1, 1))).rejects.toThrow('Vault is already initialized')
  })

  test('with one share hands out the key itself', async () => {
    const other = new TestingVault(new MemoryBackend())
    const { shares } = await other.manager.initialise(params(1, 1))
    expect(shares.map(({ length }) => length)).toEqual([32])
    await other.unseal(shares)
    expect(other.core.isOpen).toBe(true)
  })

  const refused: Record<string, [number, number, RegExp]> = {
    'no shares': [0, 0, /shares must be at least one/],
    'no threshold': [1, 0, /threshold must be at least one/],
    'a threshold of one among many': [3, 1, /threshold must be greater than one for multiple shares/],
    'a threshold above the shares': [3, 4, /threshold cannot be larger than shares/],
    'more shares than there are points': [256, 3, /shares must be less than 256/],
  }
  for (const [what, [shares, threshold, why]] of Object.entries(refused)) {
    test(`refuses ${what}`, async () => {
      const other = new TestingVault(new MemoryBackend())
      await expect(other.manager.initialise(params(shares, threshold))).rejects.toThrow(why)
      expect((await other.manager.status()).initialized).toBe(false)
    })
  }

  test('refuses recovery shares for a seal that has none', async () => {
    const other = new TestingVault(new MemoryBackend())
    const asked = { ...params(1, 1), recoveryShares: 3, recoveryThreshold: 2 }
    await expect(other.manager.initialise(asked)).rejects.toThrow(
      'parameters recovery_shares,recovery_threshold not applicable to seal type shamir',
    )
  })

  test('never overwrites storage that lost its seal configuration', async () => {
    const writes = [{ path: SEAL_PATHS.config, value: null }]
    await disk.commit([{ reads: [], lists: [], writes }])
    const before = await disk.readIndex()
    await expect(new TestingVault(disk).manager.initialise(params(1, 1))).rejects.toThrow('will not be overwritten')
    expect(await disk.readIndex()).toBe(before)
  })
})

describe('unsealing', () => {
  test('counts shares under a nonce, and starts anew after a reset', async () => {
    const { manager } = vault
    const first = await manager.unseal(share(0))
    expect(first).toMatchObject({ sealed: true, progress: 1 })
    expect(first.nonce).not.toBe('')
    expect(await manager.unseal(share(1))).toMatchObject({ progress: 2, nonce: first.nonce })
    expect(await manager.resetUnseal()).toMatchObject({ progress: 0, nonce: '' })
    await vault.unseal(some(2, 3, 4))
    expect(await manager.status()).toMatchObject({ sealed: false, progress: 0, nonce: '' })
    await expect(manager.resetUnseal()).rejects.toThrow('vault is unsealed')
  })

  test('a repeated share is no progress', async () => {
    await vault.unseal(some(0, 0, 0))
    expect(await vault.manager.status()).toMatchObject({ sealed: true, progress: 1 })
  })

  test('a wrong share ends the attempt with an error, and the right ones work afterwards', async () => {
    const wrong = share(1)
    wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0)
    await expect(vault.unseal([share(0), wrong, share(2)])).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'Unseal failed, invalid key',
    })
    expect(await vault.manager.status()).toMatchObject({ sealed: true, progress: 0, nonce: '' })
    await vault.unseal(some(0, 1, 2))
    expect(vault.core.isOpen).toBe(true)
  })

  test('shares that share an x byte are refused, and forgotten', async () => {
    const twin = share(0)
    twin.writeUInt8(twin.readUInt8(0) ^ 1, 0)
    await expect(vault.unseal([share(0), twin, share(2)])).rejects.toMatchObject({ code: 'invalid_request' })
    expect((await vault.manager.status()).progress).toBe(0)
  })

  for (const length of [0, 15, 34]) {
    test(`refuses ${length} bytes as a share, without losing what was given`, async () => {
      await vault.manager.unseal(share(0))
      await expect(vault.manager.unseal(Buffer.alloc(length))).rejects.toThrow(/invalid key: key is (shorter|longer)/)
      expect((await vault.manager.status()).progress).toBe(1)
    })
  }

  test('zeroes every share it was given', async () => {
    const given = some(0, 0, 1, 2)
    for (const one of given) await vault.manager.unseal(one)
    const late = share(3)
    await vault.manager.unseal(late)
    for (const one of [...given, late]) expect(one.every((byte) => byte === 0)).toBe(true)
  })

  test('says that an uninitialised vault is not initialised', async () => {
    const other = new TestingVault(new MemoryBackend())
    await expect(other.manager.unseal(share(0))).rejects.toMatchObject({ code: 'not_initialized' })
  })

  test('stays sealed when the core does not open', async () => {
    vault.core.failOpen = true
    await expect(vault.unseal(some(0, 1, 2))).rejects.toThrow('the core does not open')
    expect((await vault.manager.status()).sealed).toBe(true)
    expect(vault.core.isOpen).toBe(false)
    vault.core.failOpen = false
    await vault.unseal(some(0, 1, 2))
    expect((await vault.manager.status()).sealed).toBe(false)
  })

  const sealEntries = {
    [SEAL_PATHS.rootKey]: 'Unseal failed, invalid key',
    [SEAL_PATHS.keyring]: 'a stored value is damaged',
    'core/ns/root/keys': 'a stored value is damaged',
  }
  for (const [path, why] of Object.entries(sealEntries)) {
    test(`refuses a flipped bit in ${path}`, async () => {
      const [entry] = await disk.get([path])
      const value = Buffer.from(entry?.value ?? [])
      value.writeUInt8(value.readUInt8(value.length - 1) ^ 1, value.length - 1)
      await disk.commit([{ reads: [], lists: [], writes: [{ path, value }] }])
      await expect(vault.unseal(some(0, 1, 2))).rejects.toThrow(why)
      expect(vault.core.isOpen).toBe(false)
    })
  }
})

describe('sealing', () => {
  test('lets go of every key: who still holds a cipher can not use it', async () => {
    await vault.unseal(some(0, 1, 2))
    const cipher = vault.core.keys?.cipherFor('root')
    const { keys } = vault.core
    await vault.manager.seal()
    expect(vault.core.isOpen).toBe(false)
    expect(() => cipher?.seal('a', Buffer.from('b'))).toThrow('the keys were released')
    expect(() => keys?.cipherFor('root')).toThrow('Vault is sealed')
    await expect(vault.manager.keyStatus()).rejects.toMatchObject({ code: 'sealed' })
    await vault.unseal(some(0, 1, 2))
    await vault.core.readValue()
  })

  test('does not wait for a change of keys that waits for storage', async () => {
    await vault.unseal(some(0, 1, 2))
    const commit = disk.commit.bind(disk)
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    disk.commit = async (transactions) => {
      asked.resolve()
      await answer.promise
      return commit(transactions)
    }
    const rotation = vault.manager.rotateRootKey()
    await asked.promise
    await vault.manager.seal()
    expect(vault.core.isOpen).toBe(false)
    disk.commit = commit
    answer.resolve()
    await rotation
    await vault.unseal(some(0, 1, 2))
    await vault.core.readValue()
  })

  test('while a root token is made, no token leaves under a zeroed one-time password', async () => {
    await vault.unseal(some(0, 1, 2))
    const { nonce } = await vault.manager.rootGeneration.start('')
    for (const one of some(0, 1)) await vault.manager.rootGeneration.update(one, nonce)
    const create = vault.core.createRootToken.bind(vault.core)
    vault.core.createRootToken = async () => {
      const token = await create()
      await vault.manager.seal()
      return token
    }
    await expect(vault.manager.rootGeneration.update(share(2), nonce)).rejects.toMatchObject({ code: 'sealed' })
  })

  test('forgets what operators were in the middle of', async () => {
    await vault.unseal(some(0, 1, 2))
    await vault.manager.rootShares.start({ secretShares: 1, secretThreshold: 1, requireVerification: false })
    await vault.manager.rootGeneration.start('')
    await vault.manager.seal()
    await vault.unseal(some(0, 1, 2))
    expect((await vault.manager.rootShares.status()).started).toBe(false)
    expect((await vault.manager.rootGeneration.status()).started).toBe(false)
  })
})

describe('keys that rotate', () => {
  const day = 24 * 60 * 60

  test('by hand: what was written before and after is readable, also by another process', async () => {
    await vault.unseal(some(0, 1, 2))
    const other = new TestingVault(disk)
    await other.unseal(some(0, 1, 2))
    await vault.manager.rotateKeyring()
    expect((await vault.manager.keyStatus()).term).toBe(2)
    await vault.core.readValue()
    await vault.core.write('ns/root/new', 'text')
    await other.manager.tick()
    expect(await other.core.read('ns/root/new')).toBe('text')
    expect((await other.manager.keyStatus()).term).toBe(2)
  })

  test('by age', async () => {
    await vault.unseal(some(0, 1, 2))
    await vault.manager.configureRotation({ intervalSeconds: day })
    vault.now += day * 1000 - 1
    await vault.manager.tick()
    expect((await vault.manager.keyStatus()).term).toBe(1)
    vault.now += 1
    await vault.manager.tick()
    expect((await vault.manager.keyStatus()).term).toBe(2)
  })

  test('not when switched off', async () => {
    await vault.unseal(some(0, 1, 2))
    await vault.manager.configureRotation({ intervalSeconds: day, enabled: false })
    vault.now += 2 * day * 1000
    await vault.manager.tick()
    expect((await vault.manager.keyStatus()).term).toBe(1)
  })

  test('counts encryptions over seal and unseal', async () => {
    await vault.unseal(some(0, 1, 2))
    const before = (await vault.manager.keyStatus()).encryptions
    const cipher = vault.core.keys?.cipherFor('root')
    for (let i = 0; i < 100; i++) cipher?.seal('a', Buffer.from('b'))
    await vault.manager.tick()
    await vault.manager.seal()
    await vault.unseal(some(0, 1, 2))
    expect((await vault.manager.keyStatus()).encryptions).toBe(before + 100)
  })

  test('counts encryptions, too, when another process rotates before they are recorded', async () => {
    await vault.unseal(some(0, 1, 2))
    const other = new TestingVault(disk)
    await other.unseal(some(0, 1, 2))
    await vault.core.write('ns/root/new', 'text')
    await other.manager.rotateKeyring()
    await other.core.write('ns/root/newer', 'text')
    await other.manager.tick()
    await vault.manager.vault().keys.recordUsage()
    expect(await vault.manager.keyStatus()).toMatchObject({ term: 2, encryptions: 1 })
  })

  test('refuses settings out of range', async () => {
    await vault.unseal(some(0, 1, 2))
    await expect(vault.manager.configureRotation({ intervalSeconds: 60 })).rejects.toThrow('interval must be')
    await expect(vault.manager.configureRotation({ maxOperations: 10 })).rejects.toThrow('max_operations must be')
    expect(await vault.manager.rotationConfig()).toMatchObject({ intervalSeconds: 0, maxOperations: 2 ** 31 })
  })

  test('the root key: the shares stay, and a process unsealed before follows', async () => {
    await vault.unseal(some(0, 1, 2))
    const other = new TestingVault(disk)
    await other.unseal(some(1, 2, 3))
    const [before] = await disk.get([SEAL_PATHS.rootKey])
    await vault.manager.rotateRootKey()
    const [after] = await disk.get([SEAL_PATHS.rootKey])
    expect(Buffer.compare(before?.value ?? Buffer.of(), after?.value ?? Buffer.of())).not.toBe(0)
    await other.manager.tick()
    await other.manager.rotateKeyring()
    await other.manager.rotateRootKey()
    await vault.manager.tick()
    await vault.core.readValue()
    const third = new TestingVault(disk)
    await third.unseal(some(2, 3, 4))
    await third.core.readValue()
  })

  test('the root key is not wrapped for shares that another process replaced', async () => {
    await vault.unseal(some(0, 1, 2))
    const other = new TestingVault(disk)
    await other.unseal(some(0, 1, 2))
    const { nonce } = await startRekey()
    let fresh: readonly Buffer[] = []
    for (const one of some(0, 1, 2)) fresh = (await vault.manager.rootShares.update(one, nonce))?.shares ?? fresh
    await expect(other.manager.rotateRootKey()).rejects.toThrow('changed elsewhere')
    const third = new TestingVault(disk)
    await third.unseal(fresh)
    await third.core.readValue()
  })

  async function startRekey() {
    await vault.manager.rootShares.start({ secretShares: 2, secretThreshold: 2, requireVerification: false })
    return vault.manager.rootShares.status()
  }
})

describe('a seal that unseals by itself', () => {
  const recovery: InitParams = { secretShares: 0, secretThreshold: 0, recoveryShares: 3, recoveryThreshold: 2 }
  let service: TestingService
  let auto: TestingVault
  let autoDisk: MemoryBackend

  beforeEach(() => {
    service = new TestingService()
    autoDisk = new MemoryBackend()
    auto = new TestingVault(autoDisk, service)
  })

  test('opens after initialisation and at start', async () => {
    expect(await auto.manager.start()).toBe('not initialised')
    const { shares, recoveryShares } = await auto.manager.initialise(recovery)
    expect([shares.length, recoveryShares.length]).toEqual([0, 3])
    expect(await auto.manager.status()).toMatchObject({ sealed: false, recoverySeal: true, threshold: 2, shares: 3 })
    const restarted = new TestingVault(autoDisk, service)
    expect(await restarted.manager.start()).toBe('open')
    await restarted.core.readValue()
  })

  test('does not open by itself once it was sealed, also when it waits to be initialised or for its service', async () => {
    expect(await auto.manager.start()).toBe('not initialised')
    await auto.manager.initialise(recovery)
    await auto.manager.seal()
    await auto.manager.start()
    expect(await auto.manager.status()).toMatchObject({ sealed: true })
  })

  test('opens again for recovery shares once it was sealed, and not for wrong ones', async () => {
    const { recoveryShares } = await auto.manager.initialise(recovery)
    await auto.manager.seal()
    const wrong = Buffer.from(recoveryShares[1] as Buffer)
    wrong.writeUInt8(wrong.readUInt8(3) ^ 8, 3)
    await expect(auto.unseal([recoveryShares[0] as Buffer, wrong])).rejects.toThrow('Unseal failed, invalid key')
    expect(auto.core.isOpen).toBe(false)
    await auto.unseal(recoveryShares.slice(1))
    await auto.core.readValue()
  })

  test('its recovery key decrypts nothing', async () => {
    const { recoveryShares } = await auto.manager.initialise(recovery)
    await auto.manager.seal()
    await expect(new TestingVault(autoDisk).unseal(recoveryShares.slice(1))).rejects.toThrow(
      "the vault's seal is of type transit, this server is configured for shamir",
    )
    const key = await combine(recoveryShares.slice(1), 2)
    const { names } = await autoDisk.list('', { recursive: true, after: '', limit: 1000 })
    for (const entry of await autoDisk.get(names)) {
      expect(Buffer.from(entry?.value ?? []).includes(key)).toBe(false)
    }
  })

  test('without recovery keys it takes no shares, and no quorum of none makes a root token', async () => {
    await auto.manager.initialise({ ...recovery, recoveryShares: 0, recoveryThreshold: 0 })
    await expect(auto.manager.rootGeneration.start('')).rejects.toThrow('no recovery keys')
    const change = { secretShares: 1, secretThreshold: 1, requireVerification: false }
    await expect(auto.manager.rootShares.start(change)).rejects.toThrow('no recovery keys')
    await auto.manager.seal()
    await expect(auto.manager.unseal(Buffer.alloc(32))).rejects.toThrow('no recovery keys')
    expect(await new TestingVault(autoDisk, service).manager.start()).toBe('open')
  })

  test('refuses parameters of unseal shares', async () => {
    await expect(auto.manager.initialise(params(3, 2))).rejects.toThrow(
      'parameters secret_shares,secret_threshold not applicable to seal type transit',
    )
  })
})
