import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startServer } from '../harness/server.ts'
import { AT_A_TERMINAL, EGIDE, Shell } from './shell.ts'

/** The steps follow each other, as an operator's do: each test goes on where the one before it ended. */
let server: Server
let shell: Shell
let shares: string[] = []
let rootToken = ''
const asRoot = () => ({ env: { EGIDE_TOKEN: rootToken } })

beforeAll(async () => {
  server = await startServer({ storage: 'inmem' })
  shell = new Shell({ EGIDE_ADDR: server.address })
})

afterAll(async () => {
  shell.remove()
  await server.remove()
})

const noPty = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status !== 0

describe('a new server', () => {
  test('is not initialised: status and init -status end with 2', async () => {
    expect(await shell.run(['operator', 'init', '-status'])).toMatchObject({
      code: 2,
      stdout: 'Vault is not initialized\n',
    })
    const status = await shell.run(['status'])
    expect(status.code).toBe(2)
    expect(status.stdout).toMatch(/^Initialized +false$/m)
  })

  test('init prints the shares and the root token once', async () => {
    const text = await shell.ok(['operator', 'init', '-n=3', '-t', '2', '-format=json'])
    const answer = JSON.parse(text)
    shares = answer.unseal_keys_b64
    rootToken = answer.root_token
    expect(answer).toMatchObject({ unseal_shares: 3, unseal_threshold: 2, unseal_keys_hex: expect.any(Array) })
    expect(shares).toHaveLength(3)
    expect(rootToken).not.toBe('')
    const again = await shell.run(['operator', 'init'])
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('already initialized')
    expect((await shell.run(['operator', 'init', '-status'])).code).toBe(0)
  })

  test('sealed: status ends with 2, and a request with 2 and what the server says', async () => {
    const status = await shell.run(['status', '-format=json'])
    expect(status.code).toBe(2)
    expect(JSON.parse(status.stdout)).toMatchObject({ sealed: true, t: 2, n: 3, progress: 0 })
    const read = await shell.run(['kv', 'get', 'secret/a'], asRoot())
    expect(read.code).toBe(2)
    expect(read.stderr).toContain('sealed')
  })

  test('a share as argument shows progress; -reset forgets it; what is no share is refused', async () => {
    const given = await shell.ok(['operator', 'unseal', shares[0] ?? ''])
    expect(given).toMatch(/^Sealed +true$/m)
    expect(given).toMatch(/^Unseal Progress +1\/2$/m)
    expect(given).toMatch(/^Unseal Nonce +[0-9a-f-]{36}$/m)
    expect(await shell.ok(['operator', 'unseal', '-reset'])).toMatch(/^Unseal Progress +0\/2$/m)
    const wrong = await shell.run(['operator', 'unseal', 'not-a-share'])
    expect(wrong.code).toBe(2)
    expect(wrong.stdout + wrong.stderr).not.toContain('not-a-share')
  })

  test('without a terminal no share is asked for', async () => {
    for (const args of [
      ['operator', 'unseal'],
      ['operator', 'unseal', '-non-interactive'],
    ]) {
      const ended = await shell.run(args, { stdin: `${shares[0]}\n` })
      expect(ended.code).toBe(1)
      expect(ended.stderr).toContain('"-"')
    }
    expect(JSON.parse((await shell.run(['status', '-format=json'])).stdout)).toMatchObject({ progress: 0 })
  })

  test.skipIf(noPty)('on a terminal a share is asked for, and not shown', async () => {
    const typed = shares[1] ?? ''
    const ended = await shell.other('python3', ['-c', AT_A_TERMINAL, typed, EGIDE, 'operator', 'unseal'])
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    expect(ended.stdout).toContain('Unseal Key (will be hidden): ')
    expect(ended.stdout).not.toContain(typed)
    expect(ended.stdout).toMatch(/^Unseal Progress +1\/2/m)
  })

  test.skipIf(noPty)('interrupted at the prompt, it ends with 1 and has given nothing', async () => {
    const ended = await shell.other('python3', ['-c', AT_A_TERMINAL, '\u0003', EGIDE, 'operator', 'unseal'])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('user canceled')
    expect(JSON.parse((await shell.run(['status', '-format=json'])).stdout)).toMatchObject({ progress: 1 })
  })

  test('shares on stdin, one a line, unseal it; blank lines and a share too many do no harm', async () => {
    await shell.ok(['operator', 'unseal', '-reset'])
    const done = await shell.ok(['operator', 'unseal', '-'], { stdin: `${shares.join('\n\n')}\n` })
    expect(done).toMatch(/^Sealed +false$/m)
    expect((await shell.run(['status'])).code).toBe(0)
  })
})

describe('a running server', () => {
  test('key-status and rotate', async () => {
    expect(await shell.ok(['operator', 'key-status'], asRoot())).toMatch(/^Key Term +1$/m)
    const rotated = await shell.ok(['operator', 'rotate'], asRoot())
    expect(rotated).toContain('Success! Rotated key')
    expect(rotated).toMatch(/^Key Term +2$/m)
    expect(rotated).toMatch(/^Install Time +\d\d? \w{3} \d\d \d\d:\d\d UTC$/m)
  })

  test('generate-root: init, cancel with the nonce, and a root token that is decoded and works', async () => {
    const begin = async () =>
      JSON.parse(await shell.ok(['operator', 'generate-root', '-init', '-format=json'], asRoot()))
    const canceled = await begin()
    const refused = await shell.run(['operator', 'generate-root', '-cancel'], asRoot())
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/\nGive -nonce; "egide operator generate-root -status" shows it\.\n$/)
    await shell.ok(['operator', 'generate-root', '-cancel', `-nonce=${canceled.nonce}`], asRoot())
    expect(await shell.ok(['operator', 'generate-root', '-status'])).toMatch(/^Started +false$/m)

    const { nonce, otp } = await begin()
    const noNonce = await shell.run(['operator', 'generate-root', '-'], { stdin: shares[0] ?? '' })
    expect(noNonce).toMatchObject({ code: 1, stderr: 'Missing nonce value: specify it via the -nonce flag\n' })
    const half = await shell.ok(['operator', 'generate-root', `-nonce=${nonce}`, '-'], { stdin: shares[0] ?? '' })
    expect(half).toMatch(/^Progress +1\/2$/m)
    const args = ['operator', 'generate-root', `-nonce=${nonce}`, '-format=json', '-']
    const { encoded_token: encoded } = JSON.parse(await shell.ok(args, { stdin: shares[1] ?? '' }))
    const token = await shell.ok(['operator', 'generate-root', '-decode=-'], { stdin: `${encoded}\n${otp}\n` })
    expect(token).not.toBe(rootToken)
    expect(await shell.ok(['token', 'lookup', '-format=json'], { env: { EGIDE_TOKEN: token } })).toContain('"root"')
    const wrongOtp = await shell.run(['operator', 'generate-root', `-decode=${encoded}`, '-otp=short'])
    expect(wrongOtp.code).toBe(1)
    const otpMade = await shell.ok(['operator', 'generate-root', '-generate-otp'])
    expect(otpMade).toHaveLength(otp.length)
  })

  test('rekey: new shares, which must be verified, replace the old ones', async () => {
    const args = ['operator', 'rekey', '-init', '-n=2', '-t=2', '-verify', '-format=json']
    const { nonce } = JSON.parse(await shell.ok(args, asRoot()))
    expect(await shell.ok(['operator', 'rekey', '-status'])).toMatch(/^Progress +0\/2$/m)
    const refused = await shell.run(['operator', 'rekey', '-cancel'], asRoot())
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/\nGive -nonce; "egide operator rekey -status" shows it\.\n$/)
    const give = ['operator', 'rekey', `-nonce=${nonce}`, '-format=json', '-']
    const old = shares
    const made = JSON.parse(await shell.ok(give, { stdin: old.slice(0, 2).join('\n') }))
    expect(made).toMatchObject({ complete: true, verification_required: true })
    const verify = ['operator', 'rekey', '-verify', `-nonce=${made.verification_nonce}`, '-']
    const verified = await shell.ok(verify, { stdin: made.keys_base64.join('\n') })
    expect(verified).toContain('Rekey verification successful')
    shares = made.keys_base64

    expect(await shell.ok(['operator', 'seal'], asRoot())).toBe('Success! Vault is sealed.\n')
    expect((await shell.run(['status'])).code).toBe(2)
    const stale = await shell.run(['operator', 'unseal', '-'], { stdin: old.slice(0, 2).join('\n') })
    expect(stale.code).toBe(2)
    await shell.run(['operator', 'unseal', '-reset'])
    expect(await shell.ok(['operator', 'unseal', '-'], { stdin: shares.join('\n') })).toMatch(/^Sealed +false$/m)
  })
})
