import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HELLO, kindOfRefusal, withKey } from '../../../test/engines/kms.ts'
import { CALLER, type MountedEngine } from '../../../test/engines/mounted-engine.ts'
import type { Caller } from '../../engine.ts'
import { kindOf } from '../errors.ts'
import { decisionOf, parsedPolicy } from './key-policy.ts'
import { principalsOf } from './principals.ts'

const withPolicies = (...policies: readonly string[]): Caller => ({ ...CALLER, policies })
const ADMIN = withPolicies('default', 'admin')
const APP = withPolicies('default', 'app')
const ALICE: Caller = { ...CALLER, entityId: 'e-alice' }
const ROOT: Caller = { ...CALLER, policies: ['root'], isRoot: true }

const allow = (principal: string, action: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: action,
  Resource: '*',
  ...more,
})
const policyOf = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements })
const equals = (value: string) => ({ StringEquals: { 'kms:EncryptionContext:a': value } })
const ADMINS = allow('policy:admin', 'kms:*')

/** A key that admins may do all with, and others what `statements` say. */
async function guarded(...statements: readonly object[]): Promise<{ mount: MountedEngine; id: string }> {
  const made = await withKey()
  await made.mount.call('update', 'keys/k/policy', { policy: policyOf(ADMINS, ...statements) }, ADMIN)
  return made
}

const encrypts = (mount: MountedEngine, caller: Caller, context: object = {}): Promise<unknown> =>
  mount
    .call('update', 'encrypt/k', { plaintext: HELLO, encryption_context: context }, caller)
    .then(() => 'done')
    .catch((error: { data?: { kind?: unknown } }) => error.data?.kind)

test("without a policy of its own a key leaves it to the namespace's policies", async () => {
  const { mount } = await withKey()
  const { policy } = await mount.data('read', 'keys/k/policy')
  expect(JSON.parse(String(policy)).Statement).toMatchObject([{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }])
  expect(await encrypts(mount, APP)).toBe('done')
  // Written back as it was read it says the same.
  await mount.call('update', 'keys/k/policy', { policy })
  expect(await encrypts(mount, APP)).toBe('done')
})

test('a key policy lets in whom it names, for what it names', async () => {
  const { mount } = await guarded(allow('policy:app', ['kms:Encrypt', 'kms:GenerateData*']))
  expect(await encrypts(mount, APP)).toBe('done')
  expect(await encrypts(mount, ALICE)).toBe('AccessDenied')
  const { ciphertext } = (await mount.call('update', 'datakey/k', {}, APP)).data ?? {}
  expect(await kindOfRefusal(mount, 'decrypt', { ciphertext }, { caller: APP })).toBe('AccessDenied')
  expect((await mount.call('update', 'decrypt', { ciphertext }, ADMIN)).data).toMatchObject({
    key_id: expect.any(String),
  })
  const refused = await mount.refusal('update', 'decrypt', { ciphertext }, APP)
  expect(refused).toMatch(/^permission_denied: the policy and grants of key .* do not let the caller do kms:Decrypt$/)
})

test('what a policy denies, nothing allows', async () => {
  const { mount } = await guarded(allow('*', 'kms:Encrypt'), { ...allow('policy:app', 'kms:Encrypt'), Effect: 'Deny' })
  expect(await encrypts(mount, ALICE)).toBe('done')
  expect(await encrypts(mount, APP)).toBe('AccessDenied')
  const grant = { grantee_principal: 'policy:app', operations: ['Encrypt'] }
  await mount.call('update', 'keys/k/grants', grant, ADMIN)
  expect(await encrypts(mount, APP)).toBe('AccessDenied')
})

test.each([
  [
    'StringEquals',
    { 'kms:EncryptionContext:tenant': 'a' },
    [{ tenant: 'a' }, { tenant: 'a', x: '1' }],
    [{}, { tenant: 'b' }],
  ],
  ['StringEquals', { 'kms:EncryptionContext:tenant': ['a', 'b'] }, [{ tenant: 'b' }], [{ tenant: 'c' }]],
  ['StringNotEquals', { 'kms:EncryptionContext:tenant': 'a' }, [{}, { tenant: 'b' }], [{ tenant: 'a' }]],
  ['StringLike', { 'kms:EncryptionContext:tenant': 'a*' }, [{ tenant: 'abc' }], [{ tenant: 'ba' }, {}]],
  ['StringNotLike', { 'kms:EncryptionContext:tenant': 'a*' }, [{ tenant: 'ba' }, {}], [{ tenant: 'abc' }]],
  ['StringEqualsIgnoreCase', { 'kms:EncryptionContext:tenant': 'A' }, [{ tenant: 'a' }], [{ Tenant: 'a' }]],
  ['StringEqualsIfExists', { 'kms:EncryptionContext:tenant': 'a' }, [{}, { tenant: 'a' }], [{ tenant: 'b' }]],
  ['Null', { 'kms:EncryptionContext:tenant': 'false' }, [{ tenant: '' }], [{}]],
  ['Null', { 'kms:EncryptionContext:tenant': true }, [{}], [{ tenant: '' }]],
  ['ForAllValues:StringEquals', { 'kms:EncryptionContextKeys': ['a', 'b'] }, [{}, { a: '1' }], [{ a: '1', c: '2' }]],
  ['ForAnyValue:StringLike', { 'kms:EncryptionContextKeys': 'a*' }, [{ ab: '1', c: '2' }], [{}, { c: '2' }]],
  ['StringEquals', { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' }, [{}], []],
  ['StringEquals', { 'kms:EncryptionAlgorithm': 'RSAES_OAEP_SHA_256' }, [], [{}]],
] as const)('the condition %s %j', async (operator, test, within, outside) => {
  const { mount } = await guarded(allow('policy:app', 'kms:Encrypt', { Condition: { [operator]: test } }))
  for (const context of within) expect([context, await encrypts(mount, APP, context)]).toEqual([context, 'done'])
  for (const context of outside)
    expect([context, await encrypts(mount, APP, context)]).toEqual([context, 'AccessDenied'])
})

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['no statement', { Version: '2012-10-17' }],
  ['another version', { Version: '2020-01-01', Statement: [ADMINS] }],
  ['something more', { Statement: [ADMINS], Extra: 1 }],
  ['NotAction', policyOf(ADMINS, { ...ADMINS, NotAction: 'kms:*' })],
  ['an unknown action', policyOf(ADMINS, allow('*', 'kms:Destroy'))],
  ['an action of another service', policyOf(ADMINS, allow('*', 's3:GetObject'))],
  ['an unknown principal', policyOf(ADMINS, allow('arn:aws:iam::000000000000:user/x', 'kms:*'))],
  ['a service', policyOf(ADMINS, { ...ADMINS, Principal: { Service: 's3.amazonaws.com' } })],
  ['another resource', policyOf(ADMINS, { ...ADMINS, Resource: 'arn:aws:kms:us-east-1:1:key/x' })],
  ['an unknown effect', policyOf({ ...ADMINS, Effect: 'Maybe' })],
  ['an unknown operator', policyOf({ ...ADMINS, Condition: { IpAddress: { 'aws:SourceIp': '::1' } } })],
  ['an unknown condition', policyOf({ ...ADMINS, Condition: { StringEquals: { 'aws:username': 'x' } } })],
  [
    'names without a set operator',
    policyOf({ ...ADMINS, Condition: { StringEquals: { 'kms:EncryptionContextKeys': 'x' } } }),
  ],
  ['a policy variable', policyOf({ ...ADMINS, Condition: equals(['$', '{aws:username}'].join('')) })],
  ['a question mark', policyOf({ ...ADMINS, Condition: { StringLike: { 'kms:EncryptionContext:a': 'x?' } } })],
  ['one that locks its writer out', policyOf(allow('policy:app', 'kms:*'))],
  ['too much', { Statement: [{ ...ADMINS, Sid: 'x'.repeat(33_000) }] }],
])('a policy with %s is refused', async (_, policy) => {
  const { mount } = await withKey()
  expect(await kindOfRefusal(mount, 'keys/k/policy', { policy }, { caller: ADMIN })).toBe('MalformedPolicy')
  expect(await kindOfRefusal(mount, 'keys', { policy }, { caller: ADMIN })).toBe('MalformedPolicy')
})

test('whatever is given as a policy is one, or is malformed', () => {
  const place = { namespace: { id: 'root', path: '' }, mount: { options: { account_id: '111122223333' } } } as never
  const part = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      'Allow',
      'Deny',
      '*',
      'kms:*',
      'policy:x',
      { AWS: '*' },
      { StringLike: { 'kms:MacAlgorithm': 'H*' } },
    ),
  )
  const statement = fc.record(
    { Effect: part, Principal: part, Action: part, Resource: part, Condition: part, Sid: part },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ Statement: fc.oneof(statement, fc.array(statement)) })), (raw) => {
      try {
        parsedPolicy(place, 'id', JSON.stringify(raw))
      } catch (error) {
        expect(kindOf(error)).toBe('MalformedPolicy')
      }
    }),
    { numRuns: 1000 },
  )
})

test('whoever locks everybody out can be helped by a root token alone', async () => {
  const { mount } = await withKey()
  const nobody = { policy: policyOf(allow('entity:nobody', 'kms:*')), bypass_policy_lockout_safety_check: true }
  await mount.call('update', 'keys/k/policy', nobody, ADMIN)
  expect(await kindOfRefusal(mount, 'keys/k/policy', { policy: policyOf(ADMINS) }, { caller: ADMIN })).toBe(
    'AccessDenied',
  )
  expect(await encrypts(mount, ROOT)).toBe('AccessDenied')
  await mount.call('update', 'keys/k/policy', { policy: policyOf(ADMINS) }, ROOT)
  expect(await encrypts(mount, ADMIN)).toBe('done')
})

test('a policy of the same name in a namespace above is another one', async () => {
  const { mount } = await guarded(allow('policy:app', 'kms:Encrypt'))
  expect(await encrypts(mount, APP)).toBe('done')
  expect(await encrypts(mount, { ...APP, from: 'root' })).toBe('AccessDenied')
})

test('policies of identity count, and names are whole', () => {
  const place = { namespace: { id: 'root', path: '' }, mount: { options: { account_id: '111122223333' } } } as never
  const policy = parsedPolicy(place, 'id', JSON.stringify(policyOf(allow('policy:app', 'kms:Encrypt'))))
  const decide = (caller: Caller) => decisionOf(policy, principalsOf(place, caller), 'Encrypt', {})
  expect(decide({ ...CALLER, identityPolicies: ['app'] })).toBe('allowed')
  expect(decide(withPolicies('app2', 'ap'))).toBe('silent')
  expect(decide({ ...CALLER, entityId: 'app' })).toBe('silent')
})

test('a grant gives what it names to whom it names, within its constraints, until it is revoked', async () => {
  const { mount, id } = await guarded()
  const made = await mount.call(
    'update',
    'keys/k/grants',
    {
      grantee_principal: 'entity:e-alice',
      operations: ['Encrypt', 'GenerateDataKey'],
      encryption_context_subset: { tenant: 'a' },
    },
    ADMIN,
  )
  const grantId = String(made.data?.grant_id)
  expect(grantId).toMatch(/^[0-9a-f]{64}$/)
  expect(await encrypts(mount, ALICE, { tenant: 'a', more: '1' })).toBe('done')
  expect(await encrypts(mount, ALICE, { tenant: 'b' })).toBe('AccessDenied')
  expect(await encrypts(mount, ALICE)).toBe('AccessDenied')
  expect(await encrypts(mount, APP, { tenant: 'a' })).toBe('AccessDenied')
  const listed = await mount.call('list', 'keys/k/grants', {}, ADMIN)
  expect(listed.data).toMatchObject({
    keys: [grantId],
    key_info: {
      [grantId]: { key_id: id, operations: ['Encrypt', 'GenerateDataKey'], encryption_context_subset: { tenant: 'a' } },
    },
  })
  expect(await kindOfRefusal(mount, 'keys/k/grants', {}, { operation: 'list', caller: ALICE })).toBe('AccessDenied')
  await mount.call('delete', `keys/k/grants/${grantId}`, {}, ADMIN)
  expect(await encrypts(mount, ALICE, { tenant: 'a' })).toBe('AccessDenied')
  expect(await kindOfRefusal(mount, `keys/k/grants/${grantId}`, {}, { operation: 'delete', caller: ADMIN })).toBe(
    'NotFound',
  )
})

test('grant tokens are never needed, and refused when they name nothing', async () => {
  const { mount } = await guarded()
  const grant = { grantee_principal: 'policy:app', operations: ['Encrypt'], retiring_principal: 'entity:e-alice' }
  const token = String((await mount.call('update', 'keys/k/grants', grant, ADMIN)).data?.grant_token)
  const data = { plaintext: HELLO, grant_tokens: [token] }
  await mount.call('update', 'encrypt/k', data, APP)
  expect(await kindOfRefusal(mount, 'encrypt/k', { ...data, grant_tokens: ['x'] }, { caller: APP })).toBe(
    'InvalidGrantToken',
  )
  expect(await kindOfRefusal(mount, 'grants/retire', { grant_token: token }, { caller: APP })).toBe('AccessDenied')
  const listing = await mount.data('list', 'grants/retirable', { retiring_principal: 'entity:e-alice', limit: 1 })
  expect(listing.keys).toHaveLength(1)
  await mount.call('update', 'grants/retire', { grant_token: token }, ALICE)
  expect(await mount.refusal('list', 'grants/retirable', { retiring_principal: 'entity:e-alice' })).toBe('not_found: ')
  expect(await kindOfRefusal(mount, 'encrypt/k', data, { caller: APP })).toBe('InvalidGrantToken')
})

test('a named grant is made once', async () => {
  const { mount } = await guarded()
  const grant = { grantee_principal: 'policy:app', operations: ['Encrypt', 'Decrypt'], name: 'nightly' }
  const once = await mount.call('update', 'keys/k/grants', grant, ADMIN)
  const twice = await mount.call('update', 'keys/k/grants', { ...grant, operations: ['Decrypt', 'Encrypt'] }, ADMIN)
  expect(twice.data).toEqual(once.data)
  const other = await mount.call('update', 'keys/k/grants', { ...grant, operations: ['Decrypt'] }, ADMIN)
  expect(other.data?.grant_id).not.toBe(once.data?.grant_id)
})

test('who may make grants by a grant passes on no more than that', async () => {
  const { mount } = await guarded()
  const give = (caller: Caller, data: object) =>
    mount
      .call('update', 'keys/k/grants', data, caller)
      .then(() => 'done')
      .catch((error: { data?: { kind?: unknown } }) => error.data?.kind)
  const subset = { encryption_context_subset: { tenant: 'a' } }
  const parent = { grantee_principal: 'entity:e-alice', operations: ['CreateGrant', 'Encrypt'], ...subset }
  expect(await give(ADMIN, parent)).toBe('done')
  const child = { grantee_principal: 'policy:app', operations: ['Encrypt'] }
  expect(await give(ALICE, child)).toBe('AccessDenied')
  expect(await give(ALICE, { ...child, ...subset, operations: ['Encrypt', 'Decrypt'] })).toBe('AccessDenied')
  expect(await give(ALICE, { ...child, encryption_context_subset: { tenant: 'b' } })).toBe('AccessDenied')
  expect(await give(ALICE, { ...child, encryption_context_equals: { tenant: 'a', more: '1' } })).toBe('done')
  expect(await give(ALICE, { ...child, ...subset })).toBe('done')
  expect(await encrypts(mount, APP, { tenant: 'a' })).toBe('done')
})

test.each([
  [{ grantee_principal: '*' }, 'InvalidArn'],
  [{ grantee_principal: 'somebody' }, 'InvalidArn'],
  [{ operations: [] }, 'Validation'],
  [{ operations: ['Encrypt', 'Sign'] }, 'Validation'],
  [{ operations: ['PutKeyPolicy'] }, 'Validation'],
  [{ encryption_context_equals: {} }, 'Validation'],
  [{ name: 'a b' }, 'Validation'],
  [{ grantee_principal: undefined }, 'Validation'],
])('a grant with %j is refused', async (change, kind) => {
  const { mount } = await withKey()
  const grant = { grantee_principal: 'policy:app', operations: ['Encrypt'], ...change }
  expect(await kindOfRefusal(mount, 'keys/k/grants', grant)).toBe(kind)
})

test('a key takes so many grants', async () => {
  const { mount } = await withKey()
  for (let n = 0; n < 500; n++) {
    await mount.call('update', 'keys/k/grants', { grantee_principal: `entity:${n}`, operations: ['Encrypt'] })
  }
  const grant = { grantee_principal: 'entity:more', operations: ['Encrypt'] }
  expect(await kindOfRefusal(mount, 'keys/k/grants', grant)).toBe('LimitExceeded')
  const first = await mount.data('list', 'keys/k/grants', { limit: 300 })
  const after = String((first.keys as string[]).at(-1))
  expect((await mount.data('list', 'keys/k/grants', { after })).keys).toHaveLength(200)
})

test('tags come, change and go', async () => {
  const { mount, id } = await withKey({ tags: { a: '1' } })
  expect(await mount.data('update', 'keys/k/tags', { tags: { a: '2', b: '' } })).toEqual({
    key_id: id,
    tags: { a: '2', b: '' },
  })
  expect(await mount.data('delete', 'keys/k/tags', { tag_keys: ['a', 'c'] })).toEqual({ key_id: id, tags: { b: '' } })
  expect(await mount.data('read', 'keys/k/tags')).toEqual({ key_id: id, tags: { b: '' } })
  expect(await kindOfRefusal(mount, 'keys/k/tags', { tags: { 'aws:x': '1' } })).toBe('Tag')
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`t${n}`, '']))
  expect(await kindOfRefusal(mount, 'keys/k/tags', { tags: many })).toBe('LimitExceeded')
})
