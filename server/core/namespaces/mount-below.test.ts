import { expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

test('a mount of a namespace below is found by a path that begins with the namespace, by whoever may use it', async () => {
  const world = await TestNamespace.create()
  await world.call('update', 'sys/namespaces/a')
  await world.call('update', 'a/sys/namespaces/b')
  await world.call('update', 'a/b/sys/mounts/kk', { type: 'kv' })
  const at = 'sys/internal/ui/mounts/'
  expect(await world.data('read', `${at}a/b/kk/x`)).toMatchObject({ path: 'a/b/kk/', type: 'kv' })
  expect(await world.data('read', `a/${at}b/kk/x`)).toMatchObject({ path: 'b/kk/' })
  expect(await world.data('read', `a/b/${at}kk/x`)).toMatchObject({ path: 'kk/' })
  const hidden = (path: string) =>
    `permission_denied: preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`
  expect(await world.refusal('read', `${at}a/b/none/x`)).toBe(hidden('a/b/none/x'))
  expect(await world.refusal('read', `${at}a/c/kk/x`)).toBe(hidden('a/c/kk/x'))
  await world.call('update', 'sys/policies/acl/some', { policy: 'path "a/b/kk/x" { capabilities = ["read"] }' })
  const may = { token: await world.token({ policies: ['some'] }) }
  const mayNot = { token: await world.token({ policies: ['default'] }) }
  expect(await world.data('read', `${at}a/b/kk/x`, {}, may)).toMatchObject({ path: 'a/b/kk/' })
  expect(await world.refusal('read', `${at}a/b/kk/x`, {}, mayNot)).toBe(hidden('a/b/kk/x'))
  await world.call('update', 'sys/namespaces/api-lock/lock/a')
  expect(await world.refusal('read', `${at}a/b/kk/x`)).toBe(hidden('a/b/kk/x'))
})
