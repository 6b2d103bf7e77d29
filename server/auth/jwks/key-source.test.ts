import { describe, expect, test } from 'vitest'
import { ALGORITHMS, keysOfJwks, type VerificationKey } from './key-set.ts'
import { fixedKeys, joinedKeys, type KeySource, KeysUnavailable, RemoteKeys } from './key-source.ts'
import { jwkOf, type Signer, signed, signer } from './testing-tokens.ts'
import { verifyToken } from './verify-token.ts'

const first = signer('first')
const second = signer('second')

/** A provider that a test plays, and the keys as the server has them. */
class Provider {
  published: readonly Signer[] = [first]
  isDown = false
  asked = 0
  nowMs = 1_000_000
  readonly keys = new RemoteKeys({
    load: () => this.#load(),
    clock: { now: () => this.nowMs },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })

  async #load(): Promise<readonly VerificationKey[]> {
    this.asked++
    if (this.isDown) throw new Error('it is away')
    return keysOfJwks({ keys: this.published.map((one) => jwkOf(one)) })
  }

  pass(seconds: number): void {
    this.nowMs += seconds * 1000
  }

  async accepts(by: Signer, header: object = {}): Promise<string> {
    const token = await signed(by, { sub: 'me' }, header)
    return verifyToken(token, this.keys, ALGORITHMS).then(
      () => 'accepted',
      (error: Error) => error.name,
    )
  }
}

test('a hundred tokens at once are one fetch', async () => {
  const provider = new Provider()
  const answers = await Promise.all(Array.from({ length: 100 }, () => provider.accepts(first)))
  expect(new Set(answers)).toEqual(new Set(['accepted']))
  expect(provider.asked).toBe(1)
})

test('a new key is found at once; unknown ones ask the provider once in ten seconds', async () => {
  const provider = new Provider()
  expect(await provider.accepts(first)).toBe('accepted')
  provider.pass(10)
  provider.published = [first, second]
  expect(await provider.accepts(second)).toBe('accepted')
  expect(provider.asked).toBe(2)
  for (let i = 0; i < 20; i++) expect(await provider.accepts(signer('nobody'))).toBe('TokenRefused')
  expect(provider.asked).toBe(2)
  provider.pass(10)
  for (let i = 0; i < 20; i++) expect(await provider.accepts(signer('nobody'))).toBe('TokenRefused')
  expect(provider.asked).toBe(3)
})

test('a key that took the place of another under its name is found', async () => {
  const provider = new Provider()
  expect(await provider.accepts(first)).toBe('accepted')
  provider.pass(10)
  const heir = signer('first')
  provider.published = [heir]
  expect(await provider.accepts(heir)).toBe('accepted')
  expect(await provider.accepts(first)).toBe('TokenRefused')
})

test('a new key without a name lets all in who come at once: those too who looked before others fetched it', async () => {
  const provider = new Provider()
  expect(await provider.accepts(first)).toBe('accepted')
  provider.pass(10)
  provider.published = [second]
  const answers = await Promise.all(Array.from({ length: 50 }, () => provider.accepts(second, { kid: undefined })))
  expect(answers.filter((answer) => answer !== 'accepted')).toEqual([])
  expect(provider.asked).toBe(2)
})

test('a key that was withdrawn is refused after five minutes', async () => {
  const provider = new Provider()
  expect(await provider.accepts(first)).toBe('accepted')
  provider.published = [second]
  provider.pass(299)
  expect(await provider.accepts(first)).toBe('accepted')
  provider.pass(1)
  await provider.accepts(first)
  expect(await provider.accepts(first)).toBe('TokenRefused')
})

test('a provider that is down at the start lets nobody in, is asked every two seconds, and heals', async () => {
  const provider = new Provider()
  provider.isDown = true
  for (let i = 0; i < 20; i++) expect(await provider.accepts(first)).toBe('KeysUnavailable')
  expect(provider.asked).toBe(1)
  provider.isDown = false
  expect(await provider.accepts(first)).toBe('KeysUnavailable')
  provider.pass(2)
  expect(await provider.accepts(first)).toBe('accepted')
})

test('keys of a provider that went away are used for an hour', async () => {
  const provider = new Provider()
  expect(await provider.accepts(first)).toBe('accepted')
  provider.isDown = true
  provider.pass(3599)
  expect(await provider.accepts(first)).toBe('accepted')
  provider.pass(1)
  expect(await provider.accepts(first)).toBe('KeysUnavailable')
  provider.isDown = false
  provider.pass(2)
  expect(await provider.accepts(first)).toBe('accepted')
})

describe('several key sets', () => {
  const setOf = (one: Signer) => fixedKeys(keysOfJwks({ keys: [jwkOf(one)] }))
  const silent: KeySource = { current: () => new Promise(() => {}) }
  const away: KeySource = { current: () => Promise.reject(new KeysUnavailable('it is away')) }

  test.each([
    ['one that does not answer', [silent, setOf(first)]],
    ['one that does not answer, behind it', [setOf(first), silent]],
    ['one that is away', [away, setOf(first)]],
    ['another before it', [setOf(second), setOf(first)]],
    ['another that does not have the key yet', [setOf(second), away, new Provider().keys]],
  ])('let in by the keys of one, beside %s', async (_what, sources) => {
    const token = await signed(first, { sub: 'me' }, { kid: undefined })
    expect(await verifyToken(token, joinedKeys(sources), ALGORITHMS)).toEqual({ sub: 'me' })
  })

  test('are each asked for newer keys', async () => {
    const providers = [new Provider(), new Provider()]
    const keys = joinedKeys(providers.map((one) => one.keys))
    await verifyToken(await signed(first, {}), keys, ALGORITHMS)
    for (const provider of providers) provider.pass(10)
    for (const provider of providers.slice(1)) provider.published = [second]
    expect(await verifyToken(await signed(second, { sub: 'me' }), keys, ALGORITHMS)).toEqual({ sub: 'me' })
  })

  test('let nobody in when none can be had', async () => {
    const token = await signed(first, { sub: 'me' })
    await expect(verifyToken(token, joinedKeys([away, away]), ALGORITHMS)).rejects.toThrow(KeysUnavailable)
  })
})
