import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

test('a tenant is made, worked in, locked, and still there after a restart', async () => {
  await shell.ok(['namespace', 'create', '-custom-metadata=owner=payments', 'team-a'])
  await shell.ok(['namespace', 'create', '-namespace=team-a', 'sub'])
  expect(await shell.ok(['namespace', 'list'])).toContain('team-a/')
  expect(await shell.ok(['namespace', 'scan'])).toMatch(/team-a\/\nteam-a\/sub\//)
  await shell.ok(['namespace', 'patch', '-custom-metadata=tier=1', '-remove-custom-metadata=owner', 'team-a'])
  const { data } = JSON.parse(await shell.ok(['namespace', 'lookup', '-format=json', 'team-a']))
  expect(data).toMatchObject({ path: 'team-a/', custom_metadata: { tier: '1' }, locked: false, tainted: false })

  await shell.ok(['secrets', 'enable', '-namespace=team-a', '-path=kv', 'kv'])
  await shell.ok(['kv', 'put', '-ns=team-a', 'kv/db', 'password=s3cret'])
  const env = { EGIDE_NAMESPACE: 'team-a' }
  await shell.ok(['namespace', 'lock', 'team-a'])
  const locked = await shell.run(['kv', 'get', '-namespace=team-a', 'kv/db'])
  expect([locked.code, locked.stderr]).toEqual([2, expect.stringContaining('has been locked by an administrator')])
  await shell.ok(['namespace', 'unlock', 'team-a'])

  await server.stop()
  await server.start()
  await server.unseal()
  const inside = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken, ...env })
  expect(await inside.ok(['kv', 'get', '-field=password', 'kv/db'])).toBe('s3cret')
  inside.remove()

  // Its requests are in root's log, which says whose they are.
  const records = readFileSync(server.auditFile, 'utf8').trim().split('\n')
  const own = records.filter((line) => line.includes(`"path":"kv/db"`)).map((line) => JSON.parse(line))
  expect(own.map(({ request }) => request.namespace)).toContainEqual({ id: data.id, path: 'team-a/' })
  expect(records.some((line) => line.includes('must be unlocked to gain access'))).toBe(true)

  const check = await server.call('GET', 'sys/storage/check')
  expect(check.text).toContain('"damaged":0')
  const refused = await shell.run(['namespace', 'delete', 'team-a'])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('containing child namespaces')])
  await shell.ok(['namespace', 'delete', '-namespace=team-a', 'sub'])
  await expect.poll(async () => (await server.call('GET', 'team-a/sys/namespaces/sub')).status).toBe(404)
  expect(await shell.ok(['namespace', 'delete', 'team-a'])).toContain('Success! Namespace deletion scheduled: team-a/')
  const after = await server.call('GET', 'kv/db', { headers: { 'X-Vault-Namespace': 'team-a' } })
  expect([after.status, at(after.body, 'errors')]).toEqual([404, ['namespace not found']])
})

test('a namespace that is not there is told, and what a path is no good for without the whole answer', async () => {
  const nowhere = await shell.run(['kv', 'list', '-namespace=nope', 'secret'])
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('* namespace not found')])
  const { code, stderr } = await shell.run(['delete', 'secret/x'])
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/Code: 404\. Errors:\n\n\* Invalid path for a versioned K\/V/),
  ])
  expect(stderr).not.toContain('request_id')
})
