import { beforeEach, describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import type { AuditRequest } from '../audit-port.ts'

/** What a token asks of itself, with whatever namespace in its header: a client names the one that it works in. */

let world: TestNamespace
beforeEach(async () => {
  world = await TestNamespace.create()
  for (const name of ['a', 'b']) await world.call('update', `sys/namespaces/${name}`)
  await world.call('update', 'sys/namespaces/sub', {}, { namespace: 'a/' })
})

const tokenOf = (namespace: string, policies: readonly string[] = ['default']): Promise<string> =>
  world.token({ policies, ttl: '1h', no_parent: true }, { namespace })

describe('a token', () => {
  test.each(['', 'a/', 'a/sub/', 'b/'])(
    'of "%s" looks itself up, is renewed and revoked from anywhere',
    async (home) => {
      for (const namespace of ['', 'a/', 'a/sub/', 'b/']) {
        const as = { namespace, token: await tokenOf(home) }
        expect(await world.data('read', 'auth/token/lookup-self', {}, as)).toMatchObject({ id: as.token })
        expect((await world.call('update', 'auth/token/renew-self', {}, as)).auth?.clientToken).toBe(as.token)
        await world.call('update', 'auth/token/revoke-self', {}, as)
        expect(await world.refusal('read', 'auth/token/lookup-self', {}, { ...as, namespace: home })).toContain(
          'denied',
        )
      }
    },
  )

  test('does so by what its policies say of its home, and of no other namespace', async () => {
    await world.policy('below', 'path "a/auth/token/*" { capabilities = ["read", "update"] }')
    await world.policy('home', 'path "auth/token/lookup-self" { capabilities = ["read"] }')
    const make = { no_default_policy: true }
    const below = await world.token({ ...make, policies: ['below'] })
    const home = await world.token({ ...make, policies: ['home'] })
    for (const path of ['auth/token/lookup-self', 'a/auth/token/lookup-self']) {
      expect(await world.refusal('read', path, {}, { token: below })).toBe('permission_denied: permission denied')
      expect(await world.data('read', path, {}, { token: home })).toMatchObject({ id: home })
    }
    expect(await world.refusal('update', 'a/auth/token/renew-self', {}, { token: home })).toContain('permission denied')
  })

  test('asks nothing where the namespace that is named is locked, or its own is', async () => {
    const ofRoot = await tokenOf('')
    const ofA = await tokenOf('a/')
    await world.call('update', 'sys/namespaces/api-lock/lock/a')
    for (const [token, namespace] of [
      [ofRoot, 'a/'],
      [ofA, ''],
      [ofA, 'b/'],
    ] as const) {
      const refusal = await world.refusal('read', 'auth/token/lookup-self', {}, { token, namespace })
      expect(refusal).toContain('"a/" must be unlocked')
    }
    expect(await world.data('read', 'auth/token/lookup-self', {}, { token: ofRoot })).toMatchObject({ id: ofRoot })
  })

  test('that names a namespace that is not there, or is nobody, is refused', async () => {
    const token = await tokenOf('a/')
    await world.call('delete', 'sys/namespaces/b')
    for (const bad of [
      '',
      's.nobody',
      's..',
      's.a..',
      's.a.b/../c',
      `s.a.${'x'.repeat(5000)}`,
      `${token}x`,
      token.slice(0, -7),
      's.aaaaaaaaaaaaaaaaaaaaaaaaaaaa.zzzzzz',
    ]) {
      for (const namespace of ['', 'a/']) {
        const refusal = await world.refusal('read', 'auth/token/lookup-self', {}, { token: bad, namespace })
        expect(refusal).toBe('permission_denied: permission denied')
      }
    }
    expect(await world.refusal('read', 'auth/token/lookup-self', {}, { token, namespace: 'b/' })).toBe(
      'not_found: namespace not found',
    )
  })

  test('is recorded as of its home', async () => {
    const namespaces: string[] = []
    const record = ({ namespacePath }: AuditRequest): undefined => void namespaces.push(namespacePath)
    world = await TestNamespace.create({ audit: { catchUp: () => undefined, request: record, response: record } })
    await world.call('update', 'sys/namespaces/a')
    const token = await tokenOf('a/')
    namespaces.length = 0
    await world.call('read', 'auth/token/lookup-self', {}, { token })
    expect(namespaces).toEqual(['a/', 'a/'])
  })

  test('of a parent is asked its capabilities where it is asked', async () => {
    await world.policy('below', 'path "a/sys/capabilities-self" { capabilities = ["update"] }')
    const token = await world.token({ policies: ['below'] })
    const asked = { paths: ['sys/capabilities-self', 'kv/x'] }
    const own = await world.data('update', 'sys/capabilities-self', asked, { namespace: 'a/', token })
    expect(own).toMatchObject({ 'sys/capabilities-self': ['update'], 'kv/x': ['deny'] })
  })
})
