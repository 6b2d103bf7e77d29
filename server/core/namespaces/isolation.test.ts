import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { toldWithin } from '../../../test/harness/properties.ts'
import { PERIODIC_ROW } from '../recurring-below.ts'
import type { Response } from '../request.ts'

/**
 * Whatever one tenant does, another neither changes nor is seen. Tenant `a` may do everything that it can be allowed; it
 * knows every name, accessor, lease, wrapping token and token of `b`, and puts them wherever something can be put.
 */

const EVERYTHING =
  'path "*" { capabilities = ["create", "read", "update", "delete", "list", "scan", "patch", "sudo"] }\npath "+/*" { capabilities = ["create", "read", "update", "delete", "list", "scan", "patch", "sudo"] }'
const CANARY = 'canary-of-b'

interface Tenant {
  readonly id: string
  readonly token: string
  readonly accessor: string
  readonly child: string
  readonly lease: string
  readonly wrapping: string
  readonly wrappingAccessor: string
}

async function tenant(world: TestNamespace, name: string, mark: string): Promise<Tenant> {
  const namespace = `${name}/`
  const as = (token: string) => ({ namespace, token })
  const { id } = await world.data('update', `sys/namespaces/${name}`)
  await world.call('update', 'sys/policies/acl/everything', { policy: EVERYTHING }, { namespace })
  const make = { policies: ['everything'], no_parent: true }
  const made = (await world.call('update', 'auth/token/create', make, { namespace })).auth
  if (made === null) throw new Error('no token')
  const token = made.clientToken
  await world.call('update', 'sys/namespaces/sub', { custom_metadata: { mark } }, as(token))
  await world.call('update', `sys/policies/acl/${mark}`, { policy: EVERYTHING }, as(token))
  for (const type of ['kv', 'creds', 'transit']) {
    const description = mark
    await world.call('update', `sys/mounts/${type}`, { type, description }, as(token))
  }
  await world.call('update', `kv/${mark}`, { value: mark }, as(token))
  await world.call('update', 'transit/keys/k', {}, as(token))
  await world.call('update', 'cubbyhole/mine', { value: mark }, as(token))
  const { wrapInfo } = await world.call('read', `kv/${mark}`, {}, { ...as(token), wrapTtlSeconds: 3600 })
  return {
    id: String(id),
    token,
    accessor: made.accessor,
    child: await world.token({ policies: ['default'], meta: { mark } }, as(token)),
    lease: (await world.call('read', 'creds/user', {}, as(token))).leaseId,
    wrapping: wrapInfo?.token ?? '',
    wrappingAccessor: wrapInfo?.accessor ?? '',
  }
}

/** Every row of a namespace, sealed as it is, but for when its recurring work is due: opening it, which any caller can, plans that. */
async function fingerprint(world: TestNamespace, id: string): Promise<string> {
  const lines: string[] = []
  for (let after = ''; ; ) {
    const { names } = await world.backend.list(`ns/${id}/`, { recursive: true, after, limit: 1000 })
    for (const name of names) {
      if (name === PERIODIC_ROW) continue
      const [entry] = await world.backend.get([`ns/${id}/${name}`])
      lines.push(`${name} ${Buffer.from(entry?.value ?? []).toString('base64')}`)
    }
    if (names.length < 1000) break
    after = names[names.length - 1] ?? ''
  }
  return lines.join('\n')
}

interface Call {
  readonly operation: Operation
  readonly namespace: string
  readonly path: string
  readonly field: string
  readonly handle: keyof Tenant | 'mark'
  readonly own: boolean
  readonly wrapped: boolean
}

const PATHS = [
  'auth/token/lookup',
  'auth/token/lookup-accessor',
  'auth/token/revoke',
  'auth/token/revoke-accessor',
  'auth/token/revoke-orphan',
  'auth/token/renew',
  'auth/token/renew-accessor',
  'auth/token/create',
  'auth/token/accessors',
  'auth/token/tidy',
  'sys/leases/lookup',
  'sys/leases/lookup/creds/user',
  'sys/leases/renew',
  'sys/leases/revoke',
  'sys/leases/revoke-prefix/creds',
  'sys/leases/revoke-force/creds',
  'sys/leases/tidy',
  'sys/wrapping/lookup',
  'sys/wrapping/unwrap',
  'sys/wrapping/rewrap',
  'sys/capabilities',
  'sys/capabilities-accessor',
  'sys/policies/explain',
  `sys/policies/acl/${CANARY}`,
  'sys/policies/acl',
  'sys/mounts',
  'sys/mounts/kv',
  'sys/remount',
  'sys/internal/ui/mounts',
  'sys/internal/ui/mounts/kv',
  'sys/internal/ui/namespaces',
  'sys/internal/ui/resultant-acl',
  'sys/namespaces',
  'sys/namespaces/b',
  'sys/namespaces/sub',
  'sys/namespaces/api-lock/lock/b',
  'sys/namespaces/api-lock/unlock/b',
  'kv',
  `kv/${CANARY}`,
  'kv/x',
  'creds/user',
  'cubbyhole',
  'cubbyhole/mine',
  'transit/keys/k',
  'transit/export/encryption-key/k',
]
const PREFIXES = ['', 'b/', 'sub/', 'a/', '../b/', 'b/sub/', './b/']
const withoutPrefix = (path: string): string => path.replace(/^([.]{1,2}[/])?((a|b|sub)[/])*/, '')
const NAMESPACES = ['a/', 'a/', 'a/sub/', 'b/', 'b/sub/', '', 'a/b/', 'a/../b/', 'root/', 'B/']
const FIELDS = ['token', 'accessor', 'lease_id', 'prefix', 'path', 'paths', 'from', 'policies', 'unlock_key', 'parent']

const callOf: fc.Arbitrary<Call> = fc.record({
  operation: fc.constantFrom<Operation>('read', 'update', 'patch', 'delete', 'list', 'scan'),
  namespace: fc.constantFrom(...NAMESPACES),
  path: fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...PATHS)).map(([prefix, path]) => prefix + path),
  field: fc.constantFrom(...FIELDS),
  handle: fc.constantFrom<Call['handle']>(
    'id',
    'token',
    'accessor',
    'child',
    'lease',
    'wrapping',
    'wrappingAccessor',
    'mark',
  ),
  own: fc.boolean(),
  wrapped: fc.boolean(),
})

function textOf(outcome: Response | Error): string {
  if (!(outcome instanceof Error)) return JSON.stringify(outcome)
  // What nobody foresaw would be a fault of its own.
  expect(outcome, String(outcome.stack)).toBeInstanceOf(EgideError)
  return outcome.message
}

test('no sequence of calls of one tenant changes or reveals anything of another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(callOf, { minLength: 10, maxLength: 40 }), async (calls) => {
      const world = await TestNamespace.create()
      const a = await tenant(world, 'a', 'mark-of-a')
      const b = await tenant(world, 'b', CANARY)
      const { id: sub } = await world.data('read', 'sys/namespaces/sub', {}, { namespace: 'b/' })
      const state = async () => [
        await fingerprint(world, b.id),
        await fingerprint(world, String(sub)),
        await world.data('scan', 'sys/namespaces').then(({ key_info }) => {
          const info = key_info as Record<string, unknown>
          return Object.keys(info)
            .filter((key) => key.startsWith('b/'))
            .map((key) => info[key])
        }),
        [...world.credentials.out].length >= 1,
      ]
      const before = await state()
      for (const call of calls) {
        const given = call.handle === 'mark' ? CANARY : b[call.handle]
        const data =
          call.operation === 'update' || call.operation === 'patch' ? { [call.field]: given, value: 'x' } : {}
        const options = { namespace: call.namespace, token: call.own ? a.token : a.child }
        const wrap = call.wrapped ? { wrapTtlSeconds: 60 } : {}
        const outcome = await world
          .call(call.operation, call.path, data, { ...options, ...wrap })
          .catch((error: Error) => error)
        // What the caller put in may come back, its path as it is within a namespace below too; what it did not, may not.
        const put = [String(given), call.path, withoutPrefix(call.path)]
        const told = put.reduce((text, own) => text.replaceAll(own, ''), textOf(outcome))
        expect(told, JSON.stringify(call)).not.toContain(CANARY)
        for (const secret of [b.token, b.child, b.wrapping]) expect(told, JSON.stringify(call)).not.toContain(secret)
      }
      expect(await state()).toEqual(before)
      expect(await world.data('read', `kv/${CANARY}`, {}, { namespace: 'b/', token: b.token })).toEqual({
        value: CANARY,
      })
      const unwrapped = await world.data('update', 'sys/wrapping/unwrap', {}, { namespace: 'b/', token: b.wrapping })
      expect(unwrapped).toEqual({ value: CANARY })
    }),
    { numRuns: 25, ...toldWithin() },
  )
})

test('no token of one tenant is one in another, a parent, or under another name', async () => {
  const world = await TestNamespace.create()
  const a = await tenant(world, 'a', 'mark-of-a')
  const b = await tenant(world, 'b', CANARY)
  const batch = await world.token({ policies: ['everything'], type: 'batch' }, { namespace: 'b/', token: b.token })
  const tokens = [b.token, b.child, b.wrapping, batch, a.token].flatMap((token) => {
    const bare = token.slice(0, token.lastIndexOf('.'))
    return [token, bare, `${bare}.${a.id}`, `${bare}.root`, `${token}.${a.id}`, `${a.id}.${token}`]
  })
  for (const token of tokens) {
    for (const namespace of ['a/', 'a/sub/', '']) {
      if (token === a.token && namespace !== '') continue
      // What it asks of itself its home answers.
      const self = [a.token, b.token, b.child, batch].includes(token) ? [] : ['auth/token/lookup-self']
      for (const path of [...self, 'kv/x', 'sys/capabilities-self', 'cubbyhole/mine']) {
        const refusal = await world.refusal('read', path, {}, { namespace, token })
        expect(refusal, `${path} in "${namespace}"`).toBe('permission_denied: permission denied')
      }
    }
  }
})

test('listings of namespaces show what policy shows', async () => {
  const world = await TestNamespace.create()
  for (const name of ['open', 'closed']) await world.call('update', `sys/namespaces/${name}`)
  await world.call('update', 'sys/namespaces/below', {}, { namespace: 'closed/' })
  await world.policy(
    'lister',
    `
    path "sys/namespaces/" {
      capabilities = ["list", "scan"]
      list_scan_response_keys_filter_path = "{{ .path }}{{ .key }}"
    }
    path "sys/namespaces/open/" { capabilities = ["list"] }
    path "sys/internal/ui/namespaces" { capabilities = ["read"] }
    path "open/kv/*" { capabilities = ["read"] }`,
  )
  const token = await world.token({ policies: ['lister'] })
  for (const operation of ['list', 'scan'] as const) {
    const { keys, key_info } = await world.data(operation, 'sys/namespaces', {}, { token })
    expect([keys, Object.keys(key_info as object)]).toEqual([['open/'], ['open/']])
  }
  expect(await world.data('read', 'sys/internal/ui/namespaces', {}, { token })).toEqual({ keys: ['open/'] })
  // Where nothing is shown nobody learns that something is there.
  await world.policy(
    'lister',
    'path "sys/namespaces/" { capabilities = ["list"]\n list_scan_response_keys_filter_path = "{{ .path }}{{ .key }}" }',
  )
  const unseen = world.call('list', 'sys/namespaces', {}, { token })
  await expect(unseen).rejects.toMatchObject({ code: 'not_found', message: '' })
})
