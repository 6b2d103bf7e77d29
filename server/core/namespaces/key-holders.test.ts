import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { createStore } from '../../../storage/sealed-store.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { TestingVault } from '../../seal/testing-vault.ts'
import { KEY_HOLDERS, KeyHolders } from './key-holders.ts'

/** Processes that hold what a namespace's own shares opened, with the real keys of each. */

const QUORUM = { shares: 2, threshold: 2 }

let disk: MemoryBackend
let clock: TestClock
let vaultShares: readonly Buffer[]
let shares: readonly Buffer[]

class Process {
  readonly vault = new TestingVault(disk)
  readonly name: string
  /** What of the namespace is still in use. */
  dropping: Promise<unknown> = Promise.resolve()
  #holders: KeyHolders | undefined

  constructor(name: string) {
    this.name = name
  }

  async open(): Promise<void> {
    await this.vault.unseal(vaultShares)
    const { keys } = this
    const store = createStore({ backend: disk, cipher: keys.cipherFor('root'), prefix: 'ns/root/' })
    this.#holders = new KeyHolders({ store, clock, process: this.name, keys })
    keys.listen({ onUnsealing: () => this.holders.announce(), onDropped: () => this.dropping })
  }

  get holders(): KeyHolders {
    if (this.#holders === undefined) throw new Error('sealed')
    return this.#holders
  }

  get keys() {
    if (this.vault.core.keys === undefined) throw new Error('sealed')
    return this.vault.core.keys
  }

  async unsealTenant(): Promise<void> {
    for (const share of shares) await this.vault.manager.namespaces.unseal('tenant', Buffer.from(share))
    await this.holders.echo()
  }

  /** Seals it, and waits for the others: resolves with those that are late. */
  async sealTenant(): Promise<readonly string[]> {
    await this.vault.manager.namespaces.seal('tenant')
    return this.holders.late()
  }
}

let one: Process
let two: Process
beforeEach(async () => {
  disk = new MemoryBackend()
  clock = new TestClock()
  one = new Process('one')
  two = new Process('node/worker-2')
  const none = { recoveryShares: 0, recoveryThreshold: 0 }
  vaultShares = (await one.vault.manager.initialise({ secretShares: 1, secretThreshold: 1, ...none })).shares
  for (const process of [one, two]) await process.open()
  shares = await one.keys.createNamespace('tenant', { under: null, quorum: QUORUM })
  await one.keys.forgetNamespace('tenant')
})

const rows = async () => (await disk.list(`ns/root/${KEY_HOLDERS}`, { recursive: true, after: '', limit: 10 })).names

/** What it resolves with, or that it has not within some turns. */
async function settled<T>(promise: Promise<T>): Promise<T | 'waits'> {
  const later = async (): Promise<'waits'> => {
    for (let turns = 0; turns < 20; turns++) await turn()
    return 'waits'
  }
  return Promise.race([promise, later()])
}

describe('sealing a namespace', () => {
  test('waits until another process that holds its keys has forgotten them', async () => {
    for (const process of [one, two]) await process.unsealTenant()
    let dropped = (): void => {}
    two.dropping = new Promise<void>((resolve) => {
      dropped = resolve
    })
    const sealing = one.sealTenant()
    expect(await settled(sealing)).toBe('waits')
    expect(two.keys.isUnsealed('tenant')).toBe(true)
    const echo = two.holders.echo()
    // The keys are gone, but a request that used them is still under way there.
    await expect.poll(() => two.keys.isUnsealed('tenant')).toBe(false)
    expect(await settled(echo)).toBe('waits')
    expect(await settled(sealing)).toBe('waits')
    dropped()
    await echo
    expect(await sealing).toEqual([])
  })

  test('does not wait for one where no namespace was ever unsealed by its shares', async () => {
    await one.unsealTenant()
    await two.holders.echo()
    expect(await one.sealTenant()).toEqual([])
    expect(await rows()).toEqual(['one'])
  })

  test('waits for one whose keys were not taken yet when it was sealed', async () => {
    await one.unsealTenant()
    await two.holders.announce()
    const sealing = one.sealTenant()
    expect(await settled(sealing)).toBe('waits')
    await two.holders.echo()
    expect(await sealing).toEqual([])
  })

  test('names who has not said within five seconds that it forgot', async () => {
    for (const process of [one, two]) await process.unsealTenant()
    expect(await one.sealTenant()).toEqual(['node/worker-2'])
  })

  test('does not wait for one that left, or that is open anew', async () => {
    for (const process of [one, two]) await process.unsealTenant()
    await two.holders.leave()
    expect(await one.sealTenant()).toEqual([])
    for (const process of [one, two]) await process.unsealTenant()
    await two.vault.manager.seal()
    await two.open()
    await two.holders.echo()
    expect(await one.sealTenant()).toEqual([])
    expect(await rows()).toEqual(['one'])
  })

  test('the row of a process that says no more is due after a while, and put off while it lives', async () => {
    await two.unsealTenant()
    await one.holders.leave()
    const due = async () => (await disk.due(clock.now(), 10)).length
    clock.nowMs += 44_000
    expect(await due()).toBe(0)
    await two.holders.echo()
    clock.nowMs += 44_000
    expect(await due()).toBe(0)
    clock.nowMs += 1000
    expect(await due()).toBe(1)
  })
})
