import { beforeAll, describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** What is told of a path in each of its spellings, beside what becomes of a request to it. */

const POLICY = `
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/policies/explain-self" { capabilities = ["update"] }
path "sys/policies/acl/*" { capabilities = ["read", "update", "delete", "list", "sudo"] }
path "sys/policies/acl/admin" { capabilities = ["read"] }
path "sys/policies/acl/secret" { capabilities = ["deny"] }
path "kv/*" { capabilities = ["read", "update", "delete", "list"] }
path "kv/locked" { capabilities = ["deny"] }
path "kv/folder" { capabilities = ["list"] }
path "kv/folder/" { capabilities = ["read", "list"] }`

const PATHS = [
  ...['admin', 'ADMIN', 'Admin/', 'secret', 'SECRET', 'SECRET/', 'other', 'OTHER'].map(
    (name) => `sys/policies/acl/${name}`,
  ),
  ...['locked', 'locked/', 'LOCKED', 'folder', 'folder/', 'open', 'open/'].map((name) => `kv/${name}`),
]

let vault: TestNamespace
let token: string
beforeAll(async () => {
  vault = await TestNamespace.create()
  for (const name of ['admin', 'secret', 'other'])
    await vault.call('update', `sys/policies/acl/${name}`, { policy: 'path "x" {}' })
  await vault.call('update', 'sys/policies/acl/mine', { policy: POLICY })
  token = await vault.token({ policies: ['mine'] })
})

async function isDenied(operation: 'read' | 'list', path: string): Promise<boolean> {
  const refusal = await vault.call(operation, path, {}, { token }).then(() => '', String)
  return refusal.includes('permission denied')
}

async function capabilities(path: string): Promise<readonly unknown[]> {
  const data = await vault.data('update', 'sys/capabilities-self', { paths: [path] }, { token })
  return data.capabilities as readonly unknown[]
}

describe.each(PATHS)('of %s', (path) => {
  test('no capability is told that a request would be refused', async () => {
    const told = await capabilities(path)
    for (const operation of ['read', 'list'] as const) {
      if (operation === 'list' && !path.endsWith('/')) continue
      if (told.includes(operation)) expect([operation, await isDenied(operation, path)]).toEqual([operation, false])
    }
  })

  test.each(['read', 'list'] as const)('the explanation of a %s is what becomes of it', async (operation) => {
    const { allowed } = await vault.data('update', 'sys/policies/explain-self', { path, operation }, { token })
    expect(allowed).toBe(!(await isDenied(operation, path)))
  })
})

test('capitals and slashes are told as the path that a request gets to', async () => {
  expect(await capabilities('sys/policies/acl/ADMIN')).toEqual(['read'])
  expect(await capabilities('sys/policies/acl/SECRET')).toEqual(['deny'])
  expect(await capabilities('sys/policies/acl/OTHER')).toEqual(['delete', 'list', 'read', 'sudo', 'update'])
  expect(await capabilities('/sys//policies/acl//ADMIN')).toEqual(['read'])
  expect(await capabilities('kv/locked/')).toEqual(['deny'])
  expect(await capabilities('kv/folder/')).toEqual(['list'])
})
