import { beforeEach, expect, test } from 'vitest'
import type { RootGenerationStatus } from '../../../engines/system/services/seal.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestingVault } from '../testing-vault.ts'

let vault: TestingVault
let shares: readonly Buffer[]

beforeEach(async () => {
  vault = new TestingVault(new MemoryBackend())
  const params = { secretShares: 3, secretThreshold: 2, recoveryShares: 0, recoveryThreshold: 0 }
  shares = (await vault.manager.initialise(params)).shares
  await vault.unseal(shares.slice(0, 2))
})

const process = () => vault.manager.rootGeneration

async function give(given: readonly Buffer[], nonce: string): Promise<RootGenerationStatus | undefined> {
  let status: RootGenerationStatus | undefined
  for (const share of given) status = await process().update(Buffer.from(share), nonce)
  return status
}

function decoded(encoded: string, otp: string): string {
  const pad = Buffer.from(otp)
  return Buffer.from(encoded, 'base64')
    .map((byte, at) => byte ^ pad.readUInt8(at))
    .toString()
}

test('a quorum gets a root token under the one-time password that the server made', async () => {
  const { nonce, otp } = await process().start('')
  expect(otp).toMatch(/^[0-9A-Za-z]{28}$/)
  expect(await process().status()).toMatchObject({ started: true, otp: '', progress: 0, required: 2, otpLength: 28 })
  expect(await give(shares.slice(0, 1), nonce)).toMatchObject({ complete: false, progress: 1, encodedToken: '' })
  const done = await give(shares.slice(2), nonce)
  expect(done).toMatchObject({ complete: true, started: true, nonce, progress: 2, required: 2, otp: '' })
  expect(done?.encodedToken).not.toContain('=')
  expect(await vault.core.hasRootToken(decoded(done?.encodedToken ?? '', otp))).toBe(true)
  expect(await process().status()).toMatchObject({ started: false, nonce: '', progress: 0 })
})

test('under one of the operator, which is not shown', async () => {
  const otp = 'abcdefghijklmnopqrstuvwxyz01'
  const { nonce, otp: shown } = await process().start(otp)
  expect(shown).toBe('')
  const done = await give(shares.slice(0, 2), nonce)
  expect(await vault.core.hasRootToken(decoded(done?.encodedToken ?? '', otp))).toBe(true)
})

test('a one-time password of another length is refused', async () => {
  await expect(process().start('short')).rejects.toThrow('OTP string has incorrect length')
  expect((await process().status()).started).toBe(false)
})

test('wrong shares make no token, and are forgotten', async () => {
  const tokens = await vault.core.countRootTokens()
  const { nonce } = await process().start('')
  const wrong = Buffer.from(shares[1] as Buffer)
  wrong.writeUInt8(wrong.readUInt8(9) ^ 4, 9)
  await expect(give([shares[0] as Buffer, wrong], nonce)).rejects.toThrow('root generation aborted')
  expect(await vault.core.countRootTokens()).toBe(tokens)
  expect(await process().status()).toMatchObject({ started: true, progress: 0 })
})

test('takes each share once, with its nonce, and one attempt at a time', async () => {
  await expect(give(shares, 'x')).rejects.toThrow('no root generation in progress')
  const { nonce } = await process().start('')
  await expect(process().start('')).rejects.toThrow('root generation already in progress')
  await expect(give(shares, 'x')).rejects.toThrow(
    `incorrect nonce supplied; nonce for this root generation operation is "${nonce}"`,
  )
  await expect(give([shares[0], shares[0]] as Buffer[], nonce)).rejects.toThrow(
    'given key has already been provided during this generation operation',
  )
})

test('is cancelled by a stranger with the nonce only', async () => {
  const { nonce } = await process().start('')
  await expect(process().cancel({ allowed: false, nonce: '' })).rejects.toThrow('nonce is required')
  await process().cancel({ allowed: false, nonce })
  expect((await process().status()).started).toBe(false)
})

test('a token that can not be handed over is taken back', async () => {
  const tokens = await vault.core.countRootTokens()
  vault.core.shortTokens = true
  const { nonce } = await process().start('')
  await expect(give(shares.slice(0, 2), nonce)).rejects.toThrow('does not have the length')
  expect(await vault.core.countRootTokens()).toBe(tokens)
})
