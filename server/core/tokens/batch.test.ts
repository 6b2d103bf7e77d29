import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testingCipher } from '../../../storage/testing-cipher.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { BatchTokens } from './batch.ts'

const ENTRY: TokenEntry = {
  accessor: '',
  parent: '',
  policies: ['default'],
  path: 'auth/token/create',
  meta: null,
  displayName: 'token',
  numUses: 0,
  createdMs: 1,
  ttlSeconds: 60,
  explicitMaxTtlSeconds: 0,
  maxTtlSeconds: 0,
  periodSeconds: 0,
  renewable: false,
  type: 'batch',
  boundCidrs: [],
  entityId: '',
  role: '',
  mountUuid: '',
  internal: {},
  expiresAtMs: 60_001,
  lastRenewalMs: 0,
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

test('a batch token opens as it was sealed', async () => {
  const tokens = new BatchTokens(testingCipher())
  expect(await tokens.open(tokens.seal(ENTRY))).toEqual(ENTRY)
})

test('no forged batch token opens', async () => {
  const tokens = new BatchTokens(testingCipher())
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      expect(await tokens.open(`b.${Buffer.from(bytes).toString('base64url')}`)).toBeUndefined()
    }),
  )
})

test('no modified batch token opens: not one character replaced, added or left out, nor another spelling of the same bytes', async () => {
  const cipher = testingCipher()
  const token = new BatchTokens(cipher).seal(ENTRY)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length),
      fc.constantFrom('replace', 'insert', 'delete', 'cut'),
      fc.constantFrom(...BASE64URL, '=', '+', '/', ' ', '\n', '.', '%', 'é'),
      async (at, how, character) => {
        const before = token.slice(0, at)
        const modified = {
          replace: before + character + token.slice(at + 1),
          insert: before + character + token.slice(at),
          delete: before + token.slice(at + 1),
          cut: before,
        }[how]
        fc.pre(modified !== token)
        // One that has opened nothing yet: what was opened is remembered by its text.
        expect(await new BatchTokens(cipher).open(modified)).toBeUndefined()
      },
    ),
    { numRuns: 600 },
  )
})

test('a batch token of another namespace, or a value sealed for another purpose, does not open', async () => {
  const cipher = testingCipher()
  expect(await new BatchTokens(testingCipher()).open(new BatchTokens(cipher).seal(ENTRY))).toBeUndefined()
  const elsewhere = cipher.seal('tokens/id/x', Buffer.from(JSON.stringify(ENTRY)))
  expect(await new BatchTokens(cipher).open(`b.${elsewhere.toString('base64url')}`)).toBeUndefined()
})

test('a batch token ends with its time, and with its parent', async () => {
  const namespace = await TestNamespace.create()
  const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
  const orphan = (
    await namespace.call('update', 'auth/token/create-orphan', { type: 'batch', policies: ['default'], ttl: '10m' })
  ).auth?.clientToken as string
  const child = await namespace.token({ type: 'batch', policies: ['default'], ttl: '10m' }, { token: parent })
  expect(await namespace.isValid(child)).toBe(true)
  await namespace.call('update', 'auth/token/revoke', { token: parent })
  expect(await namespace.isValid(child)).toBe(false)
  expect(await namespace.isValid(orphan)).toBe(true)
  namespace.pass(600)
  expect(await namespace.isValid(orphan)).toBe(false)
})

test('a batch token makes no tokens, has no cubbyhole, is neither renewed nor revoked, and can be no root', async () => {
  const namespace = await TestNamespace.create()
  await namespace.policy('all', 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }')
  const token = await namespace.token({ type: 'batch', policies: ['all'], ttl: '10m' })
  const as = { token }
  expect(await namespace.refusal('update', 'auth/token/create', {}, as)).toBe(
    'invalid_request: batch tokens cannot create more tokens',
  )
  expect(await namespace.refusal('update', 'cubbyhole/x', { a: 1 }, as)).toContain('invalid_request')
  expect(await namespace.refusal('update', 'auth/token/renew-self', {}, as)).toBe(
    'invalid_request: batch tokens cannot be renewed',
  )
  expect(await namespace.refusal('update', 'auth/token/revoke', { token })).toBe(
    'invalid_request: batch tokens cannot be revoked',
  )
  expect(await namespace.refusal('update', 'auth/token/create', { type: 'batch', policies: ['root'] })).toBe(
    'invalid_request: batch tokens cannot be root tokens',
  )
  for (const [name, value] of Object.entries({ num_uses: 1, period: '1h', explicit_max_ttl: '1h' })) {
    expect(
      await namespace.refusal('update', 'auth/token/create', { type: 'batch', policies: ['all'], [name]: value }),
    ).toBe(`invalid_request: batch tokens cannot have "${name}" set`)
  }
})
