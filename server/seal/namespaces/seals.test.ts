import { createSecretKey } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Keyring } from '../../../crypto/keyring.ts'
import { systemRandom } from '../../../crypto/random.ts'
import { combine } from '../../../crypto/shamir.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import type { Cipher } from '../../../storage/store.ts'
import { openKeyring, openNamespaceKeys } from '../keys/key-records.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import { SEAL_DOMAINS } from '../paths.ts'
import { TestingVault } from '../testing-vault.ts'
import { sealingKeyOf } from './sealing.ts'

/** Keys of namespaces that shares of their own seal, as two processes on one storage have them, and as whoever reads the storage. */

let disk: MemoryBackend
let one: TestingVault
let two: TestingVault
let vaultShares: readonly Buffer[]
const text = Buffer.from('what a tenant keeps')
const QUORUM = { shares: 3, threshold: 2 }

beforeEach(async () => {
  disk = new MemoryBackend()
  ;({ one, two, shares: vaultShares } = await TestingVault.pair(disk))
})

/** Made by `one`, sealed again; with the shares, and something that it sealed. */
async function make(id: string, under: string | null = null, quorum: typeof QUORUM | null = QUORUM) {
  const keys = one.keys
  const shares = await keys.createNamespace(id, { under, quorum })
  const sealed = (await keys.loadNamespace(id)).seal('p', text)
  keys.releaseNamespace(id)
  if (quorum !== null) await keys.forgetNamespace(id)
  return { shares, sealed }
}

async function unseal(vault: TestingVault, id: string, shares: readonly Buffer[]): Promise<void> {
  for (const share of shares.slice(0, 2)) await vault.manager.namespaces.unseal(id, Buffer.from(share))
}

const load = (vault: TestingVault, id: string): Promise<Cipher> => vault.keys.loadNamespace(id)

describe('a namespace with shares of its own', () => {
  test('is sealed when it is made, opens with its threshold of shares, and counts what is given', async () => {
    const { shares, sealed } = await make('a')
    expect(shares).toHaveLength(3)
    const { namespaces } = one.manager
    const closed = { type: 'shamir', sealed: true, threshold: 2, shares: 3, progress: 0, nonce: '' }
    expect(await namespaces.status('a')).toEqual(closed)
    await expect(load(one, 'a')).rejects.toMatchObject({ code: 'sealed', message: 'namespace is sealed' })
    const [first = text, second = text, third = text] = shares
    const given = await namespaces.unseal('a', Buffer.from(first))
    expect(given).toMatchObject({ sealed: true, progress: 1 })
    expect(given.nonce).toMatch(/^[0-9a-f-]{36}$/)
    expect(await namespaces.unseal('a', Buffer.from(first))).toEqual(given)
    expect(await namespaces.reset('a')).toEqual(closed)
    expect(await namespaces.unseal('a', Buffer.from(third))).toMatchObject({ progress: 1 })
    const open = { ...closed, sealed: false }
    expect(await namespaces.unseal('a', Buffer.from(second))).toEqual(open)
    expect(await namespaces.unseal('a', Buffer.from(first))).toEqual(open)
    expect((await load(one, 'a')).open('p', sealed)).toEqual(text)
  })

  test('keeps its keys while nobody uses them, and rotates them under its shares', async () => {
    const { shares, sealed } = await make('a')
    await unseal(one, 'a', shares)
    await load(one, 'a')
    one.keys.releaseNamespace('a')
    await one.manager.rotateKeyring()
    const late = (await load(one, 'a')).seal('p', text)
    expect([sealed.readUInt32BE(1), late.readUInt32BE(1)]).toEqual([1, 2])
    // One that slept through a rotation gets its term when its shares are given.
    await one.keys.forgetNamespace('a')
    await one.manager.rotateKeyring()
    await unseal(one, 'a', shares)
    const cipher = await load(one, 'a')
    expect(cipher.seal('p', text).readUInt32BE(1)).toBe(3)
    for (const bytes of [sealed, late]) expect(cipher.open('p', bytes)).toEqual(text)
  })

  test('wrong shares end the attempt, whichever was wrong, and say no more than that', async () => {
    const { shares } = await make('a')
    const { namespaces } = one.manager
    const [first = text, second = text] = shares
    // Coordinates, the last bytes, are by chance: two shares of different keys may have the same.
    const coordinates = [first, second].map((share) => share.at(-1))
    let others: readonly Buffer[] = []
    let stranger: Buffer | undefined
    for (let nth = 0; stranger === undefined; nth++) {
      others = (await make(`b${nth}`)).shares
      stranger = others.find((share) => !coordinates.includes(share.at(-1)))
    }
    for (const [x, y] of [
      [first, stranger],
      [stranger, second],
      [others[0] ?? text, others[1] ?? text],
    ] as const) {
      expect(await namespaces.unseal('a', Buffer.from(x))).toMatchObject({ progress: 1 })
      const last = namespaces.unseal('a', Buffer.from(y))
      await expect(last).rejects.toMatchObject({ code: 'invalid_request', message: 'Unseal failed, invalid key' })
      expect(await namespaces.status('a')).toMatchObject({ sealed: true, progress: 0, nonce: '' })
    }
    const twin = Buffer.from(stranger)
    twin.writeUInt8(first.at(-1) ?? 0, twin.length - 1)
    await namespaces.unseal('a', Buffer.from(first))
    await expect(namespaces.unseal('a', twin)).rejects.toThrow('failed to compute combined key')
    expect(await namespaces.status('a')).toMatchObject({ sealed: true, progress: 0, nonce: '' })
    await expect(namespaces.unseal('a', Buffer.alloc(8))).rejects.toThrow('shorter than minimum 16 bytes')
    await expect(namespaces.unseal('none', Buffer.from(first))).rejects.toMatchObject({ code: 'not_found' })
    await unseal(one, 'a', shares)
    expect(await namespaces.status('a')).toMatchObject({ sealed: false })
  })

  test('what stands around the shares is told from wrong shares', async () => {
    const { shares } = await make('a')
    const path = 'core/ns/a/keys'
    const [entry] = await disk.get([path])
    const value = Buffer.from(entry?.value ?? [])
    value[value.length - 1] = (value.at(-1) ?? 0) ^ 1
    await disk.commit([{ reads: [], lists: [], writes: [{ path, value }] }])
    await expect(unseal(one, 'a', shares)).rejects.toMatchObject({ code: 'internal' })
  })

  test('sealed in one process, it is sealed in the other before that does anything more; unsealed in one, in that alone', async () => {
    const { shares, sealed } = await make('a')
    for (const vault of [one, two]) await unseal(vault, 'a', shares)
    const held = await Promise.all([load(one, 'a'), load(two, 'a')])
    const told: (readonly string[])[] = []
    two.keys.listen({ onUnsealing: async () => {}, onDropped: async (ids) => void told.push(ids) })
    await one.manager.namespaces.seal('a')
    await two.manager.refresh()
    for (const cipher of held) expect(() => cipher.open('p', sealed)).toThrow('the keys were released')
    expect(told).toEqual([['a']])
    for (const vault of [one, two]) await expect(load(vault, 'a')).rejects.toMatchObject({ code: 'sealed' })
    await unseal(two, 'a', shares)
    expect((await load(two, 'a')).open('p', sealed)).toEqual(text)
    await expect(load(one, 'a')).rejects.toMatchObject({ code: 'sealed' })
    // One that is sealed here may be open elsewhere.
    await one.manager.namespaces.seal('a')
    await two.manager.refresh()
    await expect(load(two, 'a')).rejects.toMatchObject({ code: 'sealed' })
  })

  test('is sealed also where the record that it has shares was deleted', async () => {
    const { shares } = await make('a')
    await unseal(one, 'a', shares)
    const held = await load(one, 'a')
    await disk.commit([{ reads: [], lists: [], writes: [{ path: 'core/ns/a/seal', value: null }] }])
    await one.manager.namespaces.seal('a')
    expect(() => held.seal('p', text)).toThrow('the keys were released')
    expect(one.keys.isUnsealed('a')).toBe(false)
  })

  test('is sealed after the vault was', async () => {
    const { shares } = await make('a')
    await unseal(one, 'a', shares)
    await one.manager.namespaces.unseal('a', Buffer.from(shares[0] ?? text))
    await one.manager.seal()
    await one.unseal(vaultShares)
    expect(await one.manager.namespaces.status('a')).toMatchObject({ sealed: true, progress: 0 })
    await expect(load(one, 'a')).rejects.toMatchObject({ code: 'sealed' })
  })

  test('is handed to another process of the machine, unless it was sealed since', async () => {
    const { shares, sealed } = await make('a')
    await unseal(one, 'a', shares)
    await two.manager.adoptNamespace(one.manager.namespaces.handOver('a'))
    expect((await load(two, 'a')).open('p', sealed)).toEqual(text)
    const late = one.manager.namespaces.handOver('a')
    const whole = one.manager.handOver()
    await one.manager.namespaces.seal('a')
    await two.manager.adoptNamespace(late)
    await expect(load(two, 'a')).rejects.toMatchObject({ code: 'sealed' })
    if (whole === undefined) throw new Error('sealed')
    const three = new TestingVault(disk)
    await three.manager.adopt(whole)
    await expect(load(three, 'a')).rejects.toMatchObject({ code: 'sealed' })
    await unseal(one, 'a', shares)
    const again = one.manager.handOver()
    if (again === undefined) throw new Error('sealed')
    await three.manager.seal()
    await three.manager.adopt(again)
    expect((await load(three, 'a')).open('p', sealed)).toEqual(text)
    expect(again.namespaces[0]?.key).toEqual(Buffer.alloc(32))
  })

  test('once destroyed, its shares open nothing', async () => {
    const { shares } = await make('a')
    await two.keys.destroyNamespace('a')
    await expect(unseal(one, 'a', shares)).rejects.toMatchObject({ code: 'not_found' })
    expect((await disk.list('core/ns/a/', { recursive: true, after: '', limit: 10 })).names).toEqual([])
  })
})

describe('namespaces below one with shares', () => {
  test('lie under it, however deep, and go with it in every process', async () => {
    const top = await make('top')
    await unseal(one, 'top', top.shares)
    const plain = await make('plain', 'top', null)
    const own = await make('own', 'top')
    await unseal(one, 'own', own.shares)
    const deep = await make('deep', 'own', null)
    for (const id of ['top', 'own']) await two.manager.adoptNamespace(one.manager.namespaces.handOver(id))
    const held = await Promise.all(['plain', 'own', 'deep'].map((id) => load(two, id)))
    expect(held.map((cipher, at) => cipher.open('p', [plain, own, deep][at]?.sealed ?? text))).toEqual([
      text,
      text,
      text,
    ])
    await two.manager.rotateKeyring()
    await one.manager.namespaces.seal('top')
    await two.manager.refresh()
    for (const vault of [one, two])
      for (const id of ['top', 'plain', 'own', 'deep'])
        await expect(load(vault, id), id).rejects.toMatchObject({ code: 'sealed' })
    for (const cipher of held) expect(() => cipher.seal('p', text)).toThrow('the keys were released')
    // Its own shares are not enough while the one above it is sealed.
    await expect(unseal(one, 'own', own.shares)).rejects.toMatchObject({ code: 'sealed' })
    await unseal(one, 'top', top.shares)
    expect((await load(one, 'plain')).open('p', plain.sealed)).toEqual(text)
    await expect(load(one, 'deep')).rejects.toMatchObject({ code: 'sealed' })
    await unseal(one, 'own', own.shares)
    expect((await load(one, 'deep')).open('p', deep.sealed)).toEqual(text)
  })

  test('in a process that has not seen the newest keys of the one above, they open all the same', async () => {
    const top = await make('top')
    for (const vault of [one, two]) await unseal(vault, 'top', top.shares)
    await one.manager.rotateKeyring()
    const below = await make('below', 'top', null)
    expect((await load(two, 'below')).open('p', below.sealed)).toEqual(text)
  })
})

describe('whoever reads the database and has the root key of the vault', () => {
  test('finds no key of a namespace with shares under any key that he has, and finds it with the shares', async () => {
    const top = await make('top')
    await unseal(one, 'top', top.shares)
    await make('below', 'top', null)
    const { keyring } = await stolen(one)
    const names = (await disk.list('core/ns/', { recursive: true, after: '', limit: 100 })).names
    expect([...names].sort()).toEqual(['below/keys', 'below/seal', 'root/keys', 'top/keys', 'top/seal'])
    const entries = await disk.get(names.map((name) => `core/ns/${name}`))
    const recordOf = (name: string) => entries[names.indexOf(name)]?.value ?? text
    expect(() => openNamespaceKeys(keyring, 'root', recordOf('root/keys'))).not.toThrow()
    expect(() => openNamespaceKeys(keyring, 'below', recordOf('below/keys'))).toThrow()
    expect(() => openNamespaceKeys(keyring, 'top', recordOf('top/keys'))).toThrow()
    // Under the vault's key there is only what the shares sealed.
    const inner = keyring.decrypt(SEAL_DOMAINS.namespaceKeys, 'core/ns/top/keys', recordOf('top/keys'))
    expect(() => Keyring.decode(inner)).toThrow()
    const rootKeyring = openNamespaceKeys(keyring, 'root', recordOf('root/keys'))
    for (const held of [keyring, rootKeyring]) {
      for (const use of Object.values(SEAL_DOMAINS)) {
        expect(() => held.decrypt(use, 'core/ns/top/keys', inner)).toThrow()
        expect(() => held.decrypt(use, 'core/ns/below/keys', recordOf('below/keys'))).toThrow()
      }
    }
    const own = sealingKeyOf(await combine(top.shares.slice(1), 2))
    const opened = openNamespaceKeys(keyring, 'top', recordOf('top/keys'), own)
    expect(() => openNamespaceKeys(opened, 'below', recordOf('below/keys'))).not.toThrow()
    const strange = createSecretKey(systemRandom.bytes(32))
    expect(() => openNamespaceKeys(keyring, 'top', recordOf('top/keys'), strange)).toThrow()
  })

  test('in nothing that is stored do the shares or the key stand, nor in the clear', async () => {
    const { shares } = await make('a')
    const combined = await combine(shares.slice(0, 2), 2)
    const { names } = await disk.list('', { recursive: true, after: '', limit: 1000 })
    for (const entry of await disk.get(names))
      for (const secret of [...shares, combined, sealingKeyOf(combined).export()])
        expect(Buffer.from(entry?.value ?? []).includes(secret)).toBe(false)
  })
})

/** What the root key opens. */
async function stolen({ core }: TestingVault): Promise<{ keyring: Keyring }> {
  const rootKey = createSecretKey((core.keys as VaultKeys).exportRootKey())
  const [entry] = await disk.get(['core/keyring'])
  return { keyring: openKeyring(rootKey, entry?.value ?? text) }
}
