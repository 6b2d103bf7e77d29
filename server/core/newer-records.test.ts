import { beforeAll, expect, test } from 'vitest'
import type { Operation } from '../../engines/engine.ts'
import { encoded } from '../../storage/codec.ts'
import { pack, unpack } from '../../storage/envelope.ts'
import { TestNamespace } from '../../test/core/test-namespace.ts'

/** What this version does with records that the next one wrote, while both serve one database: it must not lose what it does not know of. */

/** Above that of any record which this version writes. */
const NEXT = 100

let world: TestNamespace
let entity = ''
let group = ''
let child = ''

/** Makes a record, each of another kind. */
const MADE: readonly (readonly [path: string, body: object])[] = [
  ['secret/data/app', { data: { a: 1 } }],
  ['flat/app', { a: 1 }],
  ['cubbyhole/app', { a: 1 }],
  ['secret/config', { max_versions: 9 }],
  ['transit/keys/k', {}],
  ['sys/policies/acl/p', { policy: 'path "secret/*" { capabilities = ["read"] }' }],
  ['sys/policies/password/p', { policy: 'length = 20\nrule "charset" { charset = "abcdefgh" }' }],
  ['sys/quotas/rate-limit/q', { rate: 100 }],
  ['sys/roles/r', { policies: ['p'] }],
  ['sys/namespaces/team', {}],
  ['auth/token/roles/r', { allowed_policies: ['p'] }],
  ['identity/entity', { name: 'e', metadata: { a: 'b' } }],
  ['identity/group', { name: 'g' }],
  ['identity/oidc/key/k', {}],
  ['identity/oidc/role/r', { key: 'k' }],
  ['identity/oidc/assignment/a', { entity_ids: ['x'] }],
  ['identity/oidc/scope/s', { template: '{}' }],
  ['identity/oidc/client/c', { key: 'k' }],
  ['identity/oidc/provider/p', {}],
]

/** What changes such records, or others that there are besides. */
const CHANGES: readonly (readonly [operation: Operation, path: () => string, body: object])[] = [
  ['update', () => 'secret/data/app', { data: { a: 2 } }],
  ['patch', () => 'secret/data/app', { data: { b: 2 } }],
  ['delete', () => 'secret/data/app', {}],
  ['update', () => 'secret/metadata/app', { max_versions: 3 }],
  ['update', () => 'secret/config', { max_versions: 3 }],
  ['update', () => 'transit/keys/k/rotate', {}],
  ['update', () => 'transit/keys/k/config', { deletion_allowed: true }],
  ['update', () => 'sys/mounts/secret/tune', { description: 'd' }],
  ['update', () => 'sys/mounts/more', { type: 'kv' }],
  ['delete', () => 'sys/mounts/flat', {}],
  ['update', () => 'sys/quotas/rate-limit/q', { rate: 200 }],
  ['update', () => 'sys/quotas/config', { enable_rate_limit_response_headers: true }],
  ['update', () => 'sys/roles/r', { policies: ['p', 'q'] }],
  ['patch', () => 'sys/namespaces/team', { custom_metadata: { a: 'b' } }],
  ['update', () => 'auth/token/roles/r', { renewable: false }],
  ['update', () => `identity/entity/id/${entity}`, { metadata: { c: 'd' } }],
  ['update', () => `identity/group/id/${group}`, { metadata: { c: 'd' } }],
  ['update', () => 'identity/oidc/key/k', { rotation_period: '13h' }],
  ['update', () => 'identity/oidc/key/k/rotate', {}],
  ['update', () => 'identity/oidc/client/c', { access_token_ttl: '1h' }],
  ['update', () => 'identity/oidc/provider/p', { allowed_client_ids: ['*'] }],
]

async function stored(): Promise<
  Map<string, { generation: number; sealed: Uint8Array; expiresAtMs: number | undefined }>
> {
  const { names } = await world.backend.list('ns/', { recursive: true, after: '', limit: 10_000 })
  const paths = names.map((name) => `ns/${name}`)
  const entries = await world.backend.get(paths)
  return new Map(
    paths.flatMap((path, at) => {
      const entry = entries[at]
      if (entry === undefined || !path.startsWith('ns/root/')) return []
      const { generation } = unpack(world.cipher.open(path, entry.value))
      return [[path, { generation, sealed: entry.value, expiresAtMs: entry.expiresAtMs }] as const]
    }),
  )
}

/** As the next version would have written every record. */
async function writtenByTheNext(): Promise<void> {
  const writes = [...(await stored())].map(([path, { sealed, expiresAtMs }]) => {
    const { plaintext } = unpack(world.cipher.open(path, sealed))
    return {
      path,
      value: world.cipher.seal(path, pack(plaintext, { ...encoded, generation: NEXT }, expiresAtMs)),
      expiresAtMs,
    }
  })
  await world.backend.commit([{ reads: [], lists: [], writes }])
}

beforeAll(async () => {
  world = await TestNamespace.create()
  await world.call('update', 'sys/mounts/flat', { type: 'kv', options: { version: '1' } })
  for (const [path, body] of MADE) await world.call('update', path, body)
  entity = String((await world.data('read', 'identity/entity/name/e')).id)
  group = String((await world.data('read', 'identity/group/name/g')).id)
  child = await world.token({ policies: ['p'], period: '1h' })
  await writtenByTheNext()
})

test('it reads them', async () => {
  expect((await world.data('read', 'secret/data/app')).data).toEqual({ a: 1 })
  expect(await world.data('read', 'flat/app')).toEqual({ a: 1 })
  expect(await world.data('read', 'sys/roles/r')).toMatchObject({ policies: ['p'] })
  expect(await world.isValid(child)).toBe(true)
})

test.each(CHANGES.map(([operation, path, body]) => ({ operation, path, body, name: path() })))(
  'it does not write one anew: $operation $name',
  async ({ operation, path, body }) => {
    const before = await stored()
    const outcome = await world.call(operation, path(), body).catch((error: unknown) => error)
    expect(outcome).toMatchObject({ code: 'unavailable', message: expect.stringContaining('a newer version') })
    const after = await stored()
    for (const [at, { generation }] of before) expect([at, after.get(at)?.generation]).toEqual([at, generation])
  },
)

test('it renews no token that the next version made', async () => {
  expect(await world.refusal('update', 'auth/token/renew', { token: child })).toContain('a newer version')
  expect(await world.isValid(child)).toBe(true)
})

test('what is written as a whole replaces one, and what is deleted is gone', async () => {
  await world.call('delete', 'identity/oidc/assignment/a')
  await expect(world.data('read', 'identity/oidc/assignment/a')).rejects.toThrow()
  await world.call('update', 'cubbyhole/app', { a: 2 })
  expect(await world.data('read', 'cubbyhole/app')).toEqual({ a: 2 })
})
