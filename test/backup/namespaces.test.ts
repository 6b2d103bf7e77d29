import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { emptyServer, operatorOf } from './backup.ts'

/** Namespaces go into snapshots, open when they are verified, and come back with their tokens. */

let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed()
  shell = operatorOf(server)
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

test('a restored twin opens its tenants', async () => {
  const headers = { 'X-Vault-Namespace': 'team/sub' }
  await server.call('POST', 'sys/namespaces/team')
  await server.call('POST', 'team/sys/namespaces/sub')
  await server.call('POST', 'sys/mounts/kv', { headers, body: { type: 'kv' } })
  await server.call('POST', 'sys/policies/acl/p', {
    headers,
    body: { policy: 'path "kv/*" { capabilities = ["read"] }' },
  })
  expect((await server.call('POST', 'kv/x', { headers, body: { v: 'kept' } })).status).toBe(204)
  // Made after the keyring was rotated, which the tenant slept through.
  await server.call('POST', 'sys/rotate')
  const made = await server.call('POST', 'auth/token/create', { headers, body: { policies: ['p'], no_parent: true } })
  const token = String(at(made.body, 'auth', 'client_token'))

  await shell.ok(['operator', 'snapshot', 'save', 'with-tenants'])
  const stdin = server.keys.join('\n')
  const proof = await shell.run(['operator', 'snapshot', 'verify', '-shares', '-format=json', 'with-tenants'], {
    stdin,
  })
  expect(JSON.parse(proof.stdout)).toMatchObject({ entries_that_do_not_open: '0' })

  const twin = await emptyServer()
  try {
    await shell.ok(['operator', 'snapshot', 'restore', `-config=${twin.configFile}`, 'with-tenants'])
    await twin.start()
    twin.adopt(server)
    await twin.unseal()
    expect(at((await twin.call('GET', 'kv/x', { headers, token })).body, 'data', 'v')).toBe('kept')
    expect((await twin.call('GET', 'kv/x', { token })).status).toBe(403)
    expect((await operatorOf(twin).run(['storage', 'check'])).stdout).toMatch(/ 0 damaged/)
  } finally {
    await twin.remove()
  }
})
