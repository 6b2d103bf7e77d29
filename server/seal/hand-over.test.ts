import { expect, test } from 'vitest'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import type { HandedKeys } from './handed-keys.ts'
import { TestingVault } from './testing-vault.ts'

/** Two processes on one storage, the first of them unsealed. */
async function processes() {
  const backend = new MemoryBackend()
  const [open, other] = [new TestingVault(backend), new TestingVault(backend)]
  const params = { secretShares: 1, secretThreshold: 1, recoveryShares: 0, recoveryThreshold: 0 }
  const { shares } = await open.manager.initialise(params)
  await open.unseal(shares)
  return { open, other, shares }
}

function handedBy({ manager }: TestingVault): HandedKeys {
  const handed = manager.handOver()
  if (handed === undefined) throw new Error('it is sealed')
  return handed
}

const isErased = ({ rootKey, unsealKey }: HandedKeys) => [...rootKey, ...(unsealKey ?? [])].every((byte) => byte === 0)

test('what an open process hands over opens another, which then does all that the first can, and is erased', async () => {
  const { open, other } = await processes()
  const handed = handedBy(open)
  expect(isErased(handed)).toBe(false)
  await other.manager.adopt(handed)
  expect(isErased(handed)).toBe(true)
  expect(other.core.isOpen).toBe(true)
  await other.manager.rotateRootKey()
  await other.manager.rotateKeyring()
})

test('a sealed process hands over nothing', async () => {
  const { other } = await processes()
  expect(other.manager.handOver()).toBeUndefined()
})

test('keys that were handed over before the vault was sealed open nothing', async () => {
  const { open, other, shares } = await processes()
  const handed = handedBy(open)
  await open.manager.sealEverywhere()
  await expect(other.manager.adopt(handed)).rejects.toMatchObject({ code: 'sealed' })
  expect(other.core.isOpen).toBe(false)
  expect(isErased(handed)).toBe(true)
  await open.unseal(shares)
  await other.manager.adopt(handedBy(open))
  expect(other.core.isOpen).toBe(true)
})

test('another root key opens nothing', async () => {
  const [{ open }, { other }] = [await processes(), await processes()]
  await expect(other.manager.adopt(handedBy(open))).rejects.toMatchObject({ code: 'internal' })
  expect(other.core.isOpen).toBe(false)
})

test('an open process takes over new unseal keys, so that the root key can still be replaced under them', async () => {
  const { open, other, shares } = await processes()
  await other.manager.adopt(handedBy(open))
  const params = { secretShares: 1, secretThreshold: 1, requireVerification: false }
  await open.manager.rootShares.start(params)
  const { nonce } = await open.manager.rootShares.status()
  const before = open.manager.openedWith
  await open.manager.rootShares.update(Buffer.from(shares[0] ?? ''), nonce)
  expect(open.manager.openedWith).not.toBe(before)
  await expect(other.manager.rotateRootKey()).rejects.toMatchObject({ code: 'unavailable' })
  await other.manager.adopt(handedBy(open))
  await other.manager.refresh()
  await other.manager.rotateRootKey()
  await open.manager.refresh()
  await open.manager.rotateRootKey()
})
