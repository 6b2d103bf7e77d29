import path from 'node:path'
import createClient from 'node-vault'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { Absent, prepareBao, pythonEnvironment } from '../clients/client-programs.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Commands and client libraries that log in with secret ids and passwords: ours, OpenBao's own, hvac, node-vault. Unmodified. */

const PYTHON = path.join(import.meta.dirname, '../clients/python')
const INSTALLED_WITHIN_MS = 400_000
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
}, 60_000)

afterAll(async () => {
  await server?.remove()
})

async function unlessAbsent(prepare: () => Promise<string>, skip: (why: string) => never): Promise<string> {
  return prepare().catch((error: unknown) => {
    if (error instanceof Absent) return skip(error.message)
    throw error
  })
}

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
}, 60_000)

test(
  'hvac',
  async ({ skip }) => {
    const folder = await unlessAbsent(() => pythonEnvironment('hvac', path.join(PYTHON, 'requirements.txt')), skip)
    const shell = new Shell({ VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken })
    try {
      const ended = await shell.other(path.join(folder, 'python'), [path.join(PYTHON, 'login_story.py')])
      expect(ended).toMatchObject({ code: 0, stdout: 'approle\nuserpass\n' })
    } finally {
      shell.remove()
    }
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
