import { beforeEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../crypto/random.ts'
import type { ShareRotationResult } from '../../../engines/system/services/seal.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestingService, TestingVault } from '../testing-vault.ts'

const MINUTE = 60_000

let disk: MemoryBackend
let vault: TestingVault
let old: readonly Buffer[]

beforeEach(async () => {
  disk = new MemoryBackend()
  vault = new TestingVault(disk)
  const params = { secretShares: 3, secretThreshold: 2, recoveryShares: 0, recoveryThreshold: 0 }
  old = (await vault.manager.initialise(params)).shares
  await vault.unseal(old.slice(0, 2))
})

const change = (requireVerification = false) => ({ secretShares: 5, secretThreshold: 3, requireVerification })

async function give(shares: readonly Buffer[], nonce: string): Promise<ShareRotationResult | undefined> {
  let result: ShareRotationResult | undefined
  for (const share of shares) result = await vault.manager.rootShares.update(Buffer.from(share), nonce)
  return result
}

async function opens(shares: readonly Buffer[]): Promise<boolean> {
  const other = new TestingVault(disk)
  await other.unseal(shares).catch(() => undefined)
  return other.core.isOpen
}

const process = () => vault.manager.rootShares

async function started(requireVerification = false): Promise<string> {
  expect(await process().start(change(requireVerification))).toBeUndefined()
  return (await process().status()).nonce
}

describe('new unseal shares', () => {
  test('open the vault, and the old ones no longer do', async () => {
    const nonce = await started()
    expect(await process().status()).toMatchObject({ started: true, threshold: 3, shares: 5, progress: 0, required: 2 })
    expect(await give(old.slice(0, 1), nonce)).toBeUndefined()
    expect((await process().status()).progress).toBe(1)
    const result = await give(old.slice(1, 2), nonce)
    expect(result?.shares).toHaveLength(5)
    expect(await opens(result?.shares.slice(2) ?? [])).toBe(true)
    expect(await opens(old.slice(0, 2))).toBe(false)
    expect(await process().status()).toMatchObject({ started: false, nonce: '' })
    expect(await vault.manager.status()).toMatchObject({ threshold: 3, shares: 5, sealed: false })
  })

  test('the vault that made them goes on working, and can replace them again', async () => {
    const first = await give(old.slice(0, 2), await started())
    await vault.core.readValue()
    await vault.manager.rotateRootKey()
    const second = await give(first?.shares.slice(0, 3) ?? [], await started())
    expect(await opens(second?.shares.slice(0, 3) ?? [])).toBe(true)
    expect(await opens(first?.shares.slice(0, 3) ?? [])).toBe(false)
  })

  test('one at a time', async () => {
    await started()
    await expect(process().start(change())).rejects.toThrow('rekey already in progress')
  })

  test('need a quorum that can be', async () => {
    const asked = { ...change(), secretThreshold: 6 }
    await expect(process().start(asked)).rejects.toThrow('threshold cannot be larger than shares')
  })

  test('need the nonce, each share once, and a change under way', async () => {
    await expect(give(old, 'x')).rejects.toThrow('no barrier rekey in progress')
    const nonce = await started()
    await expect(give(old, 'x')).rejects.toThrow(
      `incorrect nonce supplied; nonce for this rekey operation is "${nonce}"`,
    )
    await expect(give([old[0], old[0]] as Buffer[], nonce)).rejects.toThrow('already been provided')
    await expect(give([Buffer.alloc(3)], nonce)).rejects.toThrow('key is shorter than minimum 16 bytes')
    expect((await process().status()).progress).toBe(1)
  })

  test('are not made for wrong shares, which are forgotten', async () => {
    const nonce = await started()
    const wrong = Buffer.from(old[1] as Buffer)
    wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0)
    await expect(give([old[0] as Buffer, wrong], nonce)).rejects.toThrow('root key verification failed')
    expect(await process().status()).toMatchObject({ started: true, progress: 0 })
    expect(await give(old.slice(1), nonce)).toBeDefined()
  })

  test('are not made while sealed', async () => {
    await vault.manager.seal()
    await expect(process().start(change())).rejects.toMatchObject({ code: 'sealed' })
    await expect(process().status()).rejects.toMatchObject({ code: 'sealed' })
  })

  test('are unknown to a seal without recovery keys when they are recovery shares', async () => {
    const { recoveryShares } = vault.manager
    await expect(recoveryShares.status()).rejects.toThrow('recovery rekeying not supported')
    await expect(recoveryShares.start(change())).rejects.toThrow('recovery rekeying not supported')
  })
})

describe('cancelling', () => {
  test('takes the nonce from a stranger, in the first ten minutes', async () => {
    const nonce = await started()
    await expect(process().cancel({ allowed: false, nonce: '' })).rejects.toThrow('nonce is required')
    await expect(process().cancel({ allowed: false, nonce: 'x' })).rejects.toThrow('incorrect nonce')
    vault.now += 10 * MINUTE - 1
    await expect(process().cancel({ allowed: false, nonce: '' })).rejects.toThrow('nonce is required')
    await process().cancel({ allowed: false, nonce })
    expect((await process().status()).started).toBe(false)
  })

  test('is open to anybody afterwards, and always to an operator', async () => {
    await started()
    vault.now += 10 * MINUTE
    await process().cancel({ allowed: false, nonce: '' })
    await started()
    await process().cancel({ allowed: true })
    await process().cancel({ allowed: false, nonce: '' })
    expect((await process().status()).started).toBe(false)
  })
})

test.each([true, false])(
  'a vault that is sealed while new shares are made hands none out, to be proven: %s',
  async (proven) => {
    const made: Buffer[] = []
    let whenMade = (): void => {}
    const random = {
      ...systemRandom,
      bytes(count: number) {
        const bytes = systemRandom.bytes(count)
        made.push(bytes)
        whenMade()
        return bytes
      },
    }
    vault = new TestingVault(disk, undefined, { random })
    await vault.unseal(old.slice(0, 2))
    const nonce = await started(proven)
    await give(old.slice(0, 1), nonce)
    made.length = 0
    whenMade = () => void vault.manager.seal()
    await expect(give(old.slice(1, 2), nonce)).rejects.toMatchObject({ code: 'sealed' })
    expect(made[0]).toHaveLength(32)
    expect(made[0]?.every((byte) => byte === 0)).toBe(true)
    expect(await opens(old.slice(0, 2))).toBe(true)
    await vault.unseal(old.slice(0, 2))
    expect(await process().status()).toMatchObject({ started: false })
  },
)

describe('verification', () => {
  async function unproven() {
    const nonce = await started(true)
    const result = await give(old.slice(0, 2), nonce)
    if (result === undefined) throw new Error('no shares were made')
    return { nonce, result }
  }

  const verify = async (shares: readonly Buffer[], nonce: string) => {
    let last = { complete: false, nonce: '' }
    for (const share of shares) last = await process().verify(Buffer.from(share), nonce)
    return last
  }

  test('until it is done the old shares stay in force', async () => {
    const { nonce, result } = await unproven()
    expect(result.verificationRequired).toBe(true)
    expect(await process().verification()).toMatchObject({
      started: true,
      nonce: result.verificationNonce,
      threshold: 3,
      shares: 5,
      progress: 0,
    })
    expect(await opens(old.slice(0, 2))).toBe(true)
    expect(await opens(result.shares.slice(0, 3))).toBe(false)
    await expect(give(old.slice(0, 1), nonce)).rejects.toThrow('rekey operation already finished')

    expect(await verify(result.shares.slice(0, 2), result.verificationNonce)).toMatchObject({ complete: false })
    expect((await process().verification()).progress).toBe(2)
    expect(await verify(result.shares.slice(2, 3), result.verificationNonce)).toMatchObject({ complete: true })
    expect(await opens(result.shares.slice(1, 4))).toBe(true)
    expect(await opens(old.slice(0, 2))).toBe(false)
  })

  test('wrong shares prove nothing', async () => {
    const { result } = await unproven()
    const wrong = Buffer.from(result.shares[2] as Buffer)
    wrong.writeUInt8(wrong.readUInt8(5) ^ 1, 5)
    const given = [...result.shares.slice(0, 2), wrong]
    await expect(verify(given, result.verificationNonce)).rejects.toThrow('rekey verification failed')
    expect(await opens(old.slice(0, 2))).toBe(true)
    expect(await verify(result.shares.slice(0, 3), result.verificationNonce)).toMatchObject({ complete: true })
  })

  test('starts anew under another nonce', async () => {
    const { result } = await unproven()
    await verify(result.shares.slice(0, 2), result.verificationNonce)
    await expect(process().restartVerification({ allowed: false, nonce: '' })).rejects.toThrow('nonce is required')
    const again = await process().restartVerification({ allowed: true })
    expect(again).toMatchObject({ started: true, progress: 0 })
    expect(again.nonce).not.toBe(result.verificationNonce)
    await expect(verify(result.shares, result.verificationNonce)).rejects.toThrow('incorrect nonce')
  })

  test('cancelled, the new shares are worth nothing', async () => {
    const { result } = await unproven()
    await process().cancel({ allowed: true })
    await expect(process().verification()).rejects.toThrow('no rekey configuration found')
    await expect(verify(result.shares, result.verificationNonce)).rejects.toThrow('no barrier rekey in progress')
    expect(await opens(old.slice(0, 2))).toBe(true)
  })

  test('is only for shares that were made', async () => {
    await started(true)
    await expect(verify(old, 'x')).rejects.toThrow('no rekey verification in progress')
  })
})

describe('two processes that are given the same shares', () => {
  let meanwhile: (() => Promise<unknown>) | undefined
  /** Before its next commit `meanwhile` runs, as if it were paused there. */
  const paused = () =>
    new Proxy(disk, {
      get(backend, name) {
        const found: unknown = Reflect.get(backend, name)
        if (typeof found !== 'function') return found
        if (name !== 'commit') return found.bind(backend)
        return async (...given: unknown[]) => {
          const run = meanwhile
          meanwhile = undefined
          await run?.()
          return found.apply(backend, given)
        }
      },
    })

  async function replaced({ manager }: TestingVault): Promise<ShareRotationResult | undefined> {
    await manager.rootShares.start(change())
    const { nonce } = await manager.rootShares.status()
    await manager.rootShares.update(Buffer.from(old[0] ?? []), nonce)
    return manager.rootShares.update(Buffer.from(old[1] ?? []), nonce)
  }

  test('do not both give out new ones', async () => {
    const other = new TestingVault(paused())
    await other.unseal(old.slice(0, 2))
    let inForce: ShareRotationResult | undefined
    meanwhile = async () => {
      inForce = await replaced(vault)
    }
    await expect(replaced(other)).rejects.toThrow('the keys were changed since the shares were given')
    expect(inForce?.shares).toHaveLength(5)
    expect(await opens(inForce?.shares.slice(0, 3) ?? [])).toBe(true)
    // What was refused is no obstacle to the shares in force.
    await other.manager.rootShares.cancel({ allowed: true })
    old = inForce?.shares ?? []
    await other.manager.rootShares.start(change())
    const { nonce } = await other.manager.rootShares.status()
    let next: ShareRotationResult | undefined
    for (const share of old.slice(0, 3)) next = await other.manager.rootShares.update(Buffer.from(share), nonce)
    expect(await opens(next?.shares.slice(2) ?? [])).toBe(true)
  })

  test('do not both give out new ones where the first waits for these to be proven', async () => {
    const made = await give(old.slice(0, 2), await started(true))
    const other = new TestingVault(disk)
    await other.unseal(old.slice(0, 2))
    const inForce = await replaced(other)
    const [nonce = '', shares = []] = [made?.verificationNonce, made?.shares]
    for (const share of shares.slice(0, 2)) await process().verify(Buffer.from(share), nonce)
    await expect(process().verify(Buffer.from(shares[2] ?? []), nonce)).rejects.toThrow('the keys were changed')
    expect(await opens(inForce?.shares.slice(0, 3) ?? [])).toBe(true)
  })

  test('a keyring that is rotated meanwhile is none of it', async () => {
    const other = new TestingVault(paused())
    await other.unseal(old.slice(0, 2))
    meanwhile = () => vault.manager.rotateKeyring()
    const result = await replaced(other)
    expect(await opens(result?.shares.slice(0, 3) ?? [])).toBe(true)
  })
})

describe('under a seal that unseals by itself', () => {
  let autoDisk: MemoryBackend
  let service: TestingService
  let auto: TestingVault
  let recovery: readonly Buffer[]

  async function open(recoveryShares: number, recoveryThreshold: number): Promise<void> {
    autoDisk = new MemoryBackend()
    service = new TestingService()
    auto = new TestingVault(autoDisk, service)
    const params = { secretShares: 0, secretThreshold: 0, recoveryShares, recoveryThreshold }
    recovery = (await auto.manager.initialise(params)).recoveryShares
  }

  const isAuthority = async (shares: readonly Buffer[]): Promise<boolean> => {
    const { nonce } = await auto.manager.rootGeneration.start('')
    try {
      for (const share of shares) await auto.manager.rootGeneration.update(Buffer.from(share), nonce)
      return true
    } catch {
      return false
    } finally {
      await auto.manager.rootGeneration.cancel({ allowed: true })
    }
  }

  test('recovery shares are replaced by a quorum of them', async () => {
    await open(3, 2)
    const { recoveryShares } = auto.manager
    await recoveryShares.start(change())
    const { nonce } = await recoveryShares.status()
    await recoveryShares.update(Buffer.from(recovery[0] as Buffer), nonce)
    const result = await recoveryShares.update(Buffer.from(recovery[2] as Buffer), nonce)
    expect(await isAuthority(result?.shares.slice(0, 3) ?? [])).toBe(true)
    // The old threshold was 2: a third share makes it the new one's attempt, and it must fail.
    expect(await isAuthority(recovery)).toBe(false)
  })

  test('recovery shares that two processes were given are replaced by one of them', async () => {
    const backend = new MemoryBackend()
    const service = new TestingService()
    const params = { secretShares: 0, secretThreshold: 0, recoveryShares: 1, recoveryThreshold: 1 }
    auto = new TestingVault(backend, service)
    const [share = Buffer.of()] = (await auto.manager.initialise(params)).recoveryShares
    const other = new TestingVault(backend, service)
    await other.manager.start()
    const replacedBy = async ({ manager: { recoveryShares } }: TestingVault, requireVerification: boolean) => {
      await recoveryShares.start({ secretShares: 1, secretThreshold: 1, requireVerification })
      return recoveryShares.update(Buffer.from(share), (await recoveryShares.status()).nonce)
    }
    const waiting = await replacedBy(other, true)
    const inForce = await replacedBy(auto, false)
    const proving = other.manager.recoveryShares.verify(waiting?.shares[0] as Buffer, waiting?.verificationNonce ?? '')
    await expect(proving).rejects.toThrow('the keys were changed since the shares were given')
    expect(await isAuthority(inForce?.shares ?? [])).toBe(true)
  })

  test('recovery shares that were never made need none', async () => {
    await open(0, 0)
    const made = await auto.manager.recoveryShares.start(change())
    expect(made?.shares).toHaveLength(5)
    expect(await isAuthority(made?.shares.slice(0, 3) ?? [])).toBe(true)
  })

  test('the root key is replaced by a quorum of recovery shares, and nothing is handed out', async () => {
    await open(3, 2)
    const { rootShares } = auto.manager
    await expect(rootShares.start(change(true))).rejects.toThrow('requiring verification not supported')
    await rootShares.start(change())
    const { nonce } = await rootShares.status()
    await rootShares.update(Buffer.from(recovery[0] as Buffer), nonce)
    expect(await rootShares.update(Buffer.from(recovery[1] as Buffer), nonce)).toMatchObject({ shares: [] })
    const restarted = new TestingVault(autoDisk, service)
    expect(await restarted.manager.start()).toBe('open')
    await restarted.core.readValue()
  })
})
