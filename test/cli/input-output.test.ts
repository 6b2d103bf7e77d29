import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

let server: Server
let shell: Shell
const CANARY = 'canary-7f3a91'

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
  await shell.ok(['kv', 'put', 'secret/shown', '-'], {
    stdin: '{"id": 12345678901234567890, "s": "text", "o": {"a": [1, null]}}',
  })
})

afterAll(async () => {
  shell.remove()
  await server.remove()
})

describe('formats', () => {
  test('table, json and yaml show the same; a long number keeps its digits', async () => {
    const [table, asJson, asYaml] = await Promise.all(
      ['table', 'json', 'yaml'].map((format) => shell.ok(['kv', 'get', `-format=${format}`, 'secret/shown'])),
    )
    expect(table).toMatch(/^id +12345678901234567890$/m)
    expect(table).toMatch(/^o +map\[a:\[1 <nil>\]\]$/m)
    expect(asJson).toContain('"id": 12345678901234567890')
    expect(asYaml).toContain('id: 12345678901234567890')
    const { request_id: one, ...fromJson } = JSON.parse(asJson ?? '')
    const { request_id: other, ...fromYaml } = parse(asYaml ?? '')
    expect(one).not.toBe(other)
    expect(fromYaml).toEqual(fromJson)
  })

  test('the format comes from the environment, a flag is stronger, and an unknown one is refused', async () => {
    const env = { BAO_FORMAT: 'json' }
    expect(JSON.parse(await shell.ok(['kv', 'list', 'secret'], { env }))).toEqual(['shown'])
    expect(await shell.ok(['kv', 'list', '-format', 'table', 'secret'], { env })).toBe('Keys\n----\nshown\n')
    expect(await shell.run(['status', '-format=xml'])).toMatchObject({ code: 1, stdout: '' })
  })

  test('a field is printed bare; one that is not there ends with 1', async () => {
    expect(await shell.ok(['kv', 'get', '-field=s', 'secret/shown'])).toBe('text')
    expect(await shell.ok(['kv', 'get', '-field', 's', '-format=json', 'secret/shown'])).toBe('"text"')
    expect(await shell.ok(['status', '-field=sealed'])).toBe('false')
    const missing = await shell.run(['kv', 'get', '-field=none', 'secret/shown'])
    expect(missing).toMatchObject({ code: 1, stdout: '' })
  })

  test('what others stored cannot steer the terminal', async () => {
    await shell.ok(['kv', 'put', 'secret/steer', '-'], { stdin: JSON.stringify({ k: 'a\u001b[2Jb' }) })
    const shown = await shell.ok(['kv', 'get', 'secret/steer'])
    expect(shown).toContain('a\\x1b[2Jb')
    await shell.ok(['kv', 'metadata', 'delete', 'secret/steer'])
  })
})

describe('showing the request instead of sending it', () => {
  test('-output-curl-string names the token and does not hold it, and the command does what it shows', async () => {
    const args = ['write', '-output-curl-string', 'cubbyhole/curl', "k=it's $HOME"]
    const curl = await shell.ok(args)
    expect(curl).toContain('$(egide print token)')
    expect(curl).not.toContain(server.rootToken)
    expect((await shell.run(['read', 'cubbyhole/curl'])).code).toBe(2)
    const script = curl.replace('$(egide print token)', '$EGIDE_TOKEN')
    expect((await shell.other('sh', ['-c', script])).code).toBe(0)
    expect(await shell.ok(['read', '-field=k', 'cubbyhole/curl'])).toBe("it's $HOME")
  })

  test('-output-policy gives the rule that lets the request pass', async () => {
    expect(await shell.ok(['kv', 'get', '-output-policy', 'secret/a'])).toBe(
      'path "secret/data/a" {\n  capabilities = ["read"]\n}\n',
    )
    const rule = await shell.ok(['operator', 'seal', '-output-policy'])
    expect(rule).toContain('"sudo"')
    expect((await shell.run(['status'])).code).toBe(0)
  })
})

describe('values', () => {
  test('come from stdin, from files, as JSON objects, and as text that begins with @', async () => {
    const file = shell.file('value.txt', ' from a file\n')
    const object = shell.file('object.json', '{"whole":{"object":true}}')
    const args = ['write', 'cubbyhole/v', 'in=-', `file=@${file}`, `@${object}`, 'at=\\@x', 'list=1', 'list=2']
    await shell.ok(args, { stdin: 'from stdin' })
    expect(JSON.parse(await shell.ok(['read', '-format=json', 'cubbyhole/v'])).data).toEqual({
      in: 'from stdin',
      file: ' from a file\n',
      whole: { object: true },
      at: '@x',
      list: ['1', '2'],
    })
  })

  test('a password is not asked for without a terminal, and comes in as is said then', async () => {
    await shell.ok(['auth', 'enable', 'userpass'])
    await shell.ok(['write', 'auth/userpass/users/ann', 'password=-'], { stdin: 'pass word' })
    const login = ['login', '-token-only', '-method=userpass', 'username=ann']
    const refused = await shell.run(login, { stdin: 'pass word' })
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('password=-') })
    expect(await shell.ok([...login, 'password=-'], { stdin: 'pass word' })).toMatch(/^s\./)
  })

  test('no error repeats what may be a secret', async () => {
    const attempts: [args: string[], stdin?: string][] = [
      [['write', 'cubbyhole/e', CANARY]],
      [['write', 'cubbyhole/e', '-'], `{"password": "${CANARY}"`],
      [['write', 'cubbyhole/e', 'a=-', 'b=-'], CANARY],
      [['write', 'sys/mounts/x', `type=${CANARY}`, 'type=kv', '-'], `"${CANARY}"`],
      [['status', `-address=ftp://user:${CANARY}@host`]],
      [['login', '-'], CANARY],
      [['token', 'lookup', '-'], CANARY],
      [['read', 'secret/data/none', '-client-key'], CANARY],
      [['delete', 'cubbyhole/../sys/seal', `token=${CANARY}`]],
    ]
    for (const [args, stdin = ''] of attempts) {
      const { code, stdout, stderr } = await shell.run(args, { stdin })
      expect(code, args.join(' ')).not.toBe(0)
      expect(stdout + stderr, args.join(' ')).not.toContain(CANARY)
    }
  })
})

describe('environment', () => {
  test('EGIDE_ comes before BAO_ before VAULT_, an empty one counts as unset, and a flag before all', async () => {
    const nowhere = 'http://127.0.0.1:1'
    const reaches = async (env: Record<string, string | undefined>, ...flags: string[]) =>
      (await shell.run(['status', ...flags], { env: { EGIDE_ADDR: undefined, ...env } })).code === 0
    const results = await Promise.all([
      reaches({ VAULT_ADDR: server.address }),
      reaches({ BAO_ADDR: server.address, VAULT_ADDR: nowhere }),
      reaches({ EGIDE_ADDR: server.address, BAO_ADDR: nowhere }),
      reaches({ EGIDE_ADDR: '', BAO_ADDR: server.address }),
      reaches({ EGIDE_ADDR: nowhere }, `-address=${server.address}`),
      reaches({ EGIDE_ADDR: nowhere, VAULT_ADDR: server.address }),
    ])
    expect(results).toEqual([true, true, true, true, true, false])
  })

  test('an answer is wrapped by variable', async () => {
    const wrapped = await shell.ok(['kv', 'get', 'secret/shown'], { env: { VAULT_WRAP_TTL: '90' } })
    expect(wrapped).toMatch(/^wrapping_token_ttl: +1m30s$/m)
  })

  test('a server that cannot be reached ends with 2, for status with 1', async () => {
    const env = { EGIDE_ADDR: 'http://127.0.0.1:1' }
    const read = await shell.run(['read', 'cubbyhole/a'], { env })
    expect(read.code).toBe(2)
    expect(read.stderr).toContain('cannot reach http://127.0.0.1:1')
    expect((await shell.run(['status'], { env })).code).toBe(1)
  })
})

describe('the token that login keeps', () => {
  const alone = { EGIDE_TOKEN: undefined }
  const own = () => path.join(shell.home, '.egide-token')
  beforeEach(() => {
    for (const name of ['.egide-token', '.vault-token']) rmSync(path.join(shell.home, name), { force: true })
  })

  test('is in a file for its owner only, is used, and yields to the environment', async () => {
    const login = await shell.ok(['login', '-'], { stdin: `${server.rootToken}\n`, env: alone })
    expect(login).toContain('Success! You are now authenticated')
    expect(statSync(own()).mode & 0o777).toBe(0o600)
    expect(await shell.ok(['print', 'token'], { env: alone })).toBe(`${server.rootToken}\n`)
    expect(await shell.ok(['kv', 'list', 'secret'], { env: alone })).toContain('shown')
    const other = { ...alone, VAULT_TOKEN: 'other' }
    expect(await shell.ok(['print', 'token'], { env: other })).toBe('other\n')
    const again = await shell.run(['login', '-'], { stdin: server.rootToken, env: other })
    expect(again.stderr).toContain('VAULT_TOKEN')
  })

  test('replaces a file that others could read, and one that Vault left is read when there is no other', async () => {
    writeFileSync(path.join(shell.home, '.vault-token'), 'from vault\n')
    expect(await shell.ok(['print', 'token'], { env: alone })).toBe('from vault\n')
    writeFileSync(own(), 'old', { mode: 0o644 })
    await shell.ok(['login', '-no-print', '-'], { stdin: server.rootToken, env: alone })
    expect(statSync(own()).mode & 0o777).toBe(0o600)
    expect(await shell.ok(['print', 'token'], { env: alone })).toBe(`${server.rootToken}\n`)
  })

  test('is not kept with -no-store or -token-only, nor when it is refused or cannot be', async () => {
    const token = { stdin: server.rootToken, env: alone }
    expect(await shell.ok(['login', '-token-only', '-'], token)).toBe(server.rootToken)
    await shell.ok(['login', '-no-store', '-'], token)
    expect((await shell.run(['login', '-'], { stdin: 'wrong', env: alone })).code).toBe(2)
    expect((await shell.run(['login', '-no-store', '-no-print', '-'], token)).code).toBe(1)
    expect(await shell.ok(['print', 'token'], { env: alone })).toBe('\n')
    mkdirSync(own())
    const cannot = await shell.run(['login', '-'], token)
    rmSync(own(), { recursive: true })
    expect(cannot.code).toBe(1)
    expect(cannot.stdout + cannot.stderr).not.toContain(server.rootToken)
  })
})
