import createClient from 'node-vault'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { INSTALLED_WITHIN_MS, prepareBao } from '../clients/client-programs.ts'
import { hvacStory } from '../clients/hvac-story.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Commands and client libraries that log in with secret ids and passwords: ours, OpenBao's own, hvac, node-vault. Unmodified. */

let server: Server
const ids = { role_id: '', secret_id: '' }

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  const done = async (method: string, where: string, body?: object) => {
    const answer = await server.call(method, where, { body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  await done('POST', 'sys/auth/approle', { type: 'approle' })
  await done('POST', 'sys/auth/userpass', { type: 'userpass' })
  await done('POST', 'auth/approle/role/shop', { token_policies: 'shop' })
  await done('POST', 'auth/userpass/users/alice', { password: 'one', token_policies: 'staff' })
  ids.role_id = String(at(await done('GET', 'auth/approle/role/shop/role-id'), 'data', 'role_id'))
  ids.secret_id = String(at(await done('POST', 'auth/approle/role/shop/secret-id', {}), 'data', 'secret_id'))
})

afterAll(async () => {
  await server?.remove()
})

test('egide and node-vault', async () => {
  const shell = new Shell({ EGIDE_ADDR: server.address })
  try {
    shell.file('secret-id', ids.secret_id)
    const approle = ['-method=approle', `role_id=${ids.role_id}`, 'secret_id=@secret-id']
    expect(await shell.ok(['login', '-token-only', ...approle])).toMatch(/^s\./)
    const userpass = ['-method=userpass', 'username=alice', 'password=-']
    expect(await shell.ok(['login', '-token-only', ...userpass], { stdin: 'one' })).toMatch(/^s\./)
    expect(await shell.run(['login', ...userpass], { stdin: 'two' })).toMatchObject({ code: 2 })
  } finally {
    shell.remove()
  }
  const client = createClient({ endpoint: server.address })
  expect((await client.approleLogin(ids)).auth.metadata).toEqual({ role_name: 'shop' })
  const login = await client.userpassLogin({ username: 'alice', password: 'one' })
  expect(login.auth.policies).toEqual(['default', 'staff'])
})

test(
  'hvac',
  async ({ skip }) => {
    expect(await hvacStory('login_story.py', server, skip)).toMatchObject({ code: 0, stdout: 'approle\nuserpass\n' })
  },
  INSTALLED_WITHIN_MS,
)

test(
  'bao',
  async ({ skip }) => {
    const shell = new Shell({ BAO_ADDR: server.address }, await unlessAbsent(prepareBao, skip))
    try {
      const flags = ['-method=userpass', 'username=alice', 'password=one']
      expect(await shell.ok(['login', '-token-only', ...flags])).toMatch(/^s\./)
      shell.file('secret-id', ids.secret_id)
      const write = ['write', '-field=token', 'auth/approle/login', `role_id=${ids.role_id}`, 'secret_id=@secret-id']
      expect(await shell.ok(write)).toMatch(/^s\./)
    } finally {
      shell.remove()
    }
  },
  INSTALLED_WITHIN_MS,
)
