import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import type { Server } from '../harness/server.ts'
import { logged, putSecret, restartWithSeal, secretOf, startWithSeal, status, unsealed } from '../seal/auto-seal.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const chapters = readFileSync(path.join(root, 'docs', 'runbook-seal.md'), 'utf8').split(/^## /m)

/** docs/runbook-seal.md as it stands there, each chapter on what the one before it left. */
let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startWithSeal('')
  await server.init(3, 2)
  shell = new Shell({})
  for (const [index, share] of server.keys.entries()) shell.file(`share-${index + 1}`, share)
  shell.file('unseal.key', randomBytes(32).toString('hex'))
  shell.file('unseal-2.key', randomBytes(32).toString('hex'))
  symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

function blocksOf(chapter: string, language: 'sh' | 'hcl'): string[] {
  const text = chapters.find((part) => part.startsWith(`${chapter}\n`))
  if (text === undefined) throw new Error(`there is no chapter "${chapter}"`)
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  )
}

/** What the commands of a chapter, or one block of them, print. */
async function follow(chapter: string, block?: number): Promise<string> {
  const commands = blocksOf(chapter, 'sh').slice(block, block === undefined ? undefined : block + 1)
  const env = {
    PATH: `${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
  }
  const { stdout } = await run('bash', ['-c', `set -eo pipefail\n${commands.join('\n')}`], { cwd: shell.home, env })
  return stdout
}

const sealIn = (chapter: string) => (blocksOf(chapter, 'hcl')[0] ?? '').replaceAll('/etc/egide', shell.home)

describe('the runbook of the seal', () => {
  test('a server that has restarted is unsealed', async () => {
    expect(await follow('A server has restarted and is sealed')).toMatch(/Sealed +true[\s\S]*Sealed +false/)
    await putSecret(server)
  })

  test('shares are tried', async () => {
    const said = await follow('Find out in time that shares still work')
    expect(said).toContain('These shares would open the vault')
  })

  test('shares are replaced', async () => {
    const before = readFileSync(path.join(shell.home, 'share-1'), 'utf8')
    const said = await follow('A share is lost, or its holder leaves')
    expect(said).toContain('the new keys are now active')
    expect(readFileSync(path.join(shell.home, 'share-1'), 'utf8')).not.toBe(before)
    expect(existsSync(path.join(shell.home, 'new'))).toBe(false)
    const again = await follow('Find out in time that shares still work')
    expect(again).toContain('These shares would open the vault')
  })

  test('keys are replaced after shares were seen', async () => {
    expect(await follow('Shares may have been seen')).toMatch(/Key Term +2/)
  })

  test('a root token is made', async () => {
    expect(await follow('The root token is gone')).toMatch(/policies +\[root\]/)
  })

  test('a service takes the place of shares', async () => {
    await restartWithSeal(server, sealIn('From shares to a service'))
    expect(await follow('From shares to a service')).toMatch(/Seal Type +static[\s\S]*Sealed +false/)
    await server.stop()
    await server.start()
    await unsealed(server)
  })

  test('shares open what the service does not', async () => {
    const key = readFileSync(path.join(shell.home, 'unseal.key'))
    writeFileSync(path.join(shell.home, 'unseal.key'), randomBytes(32).toString('hex'))
    await server.stop()
    await server.start()
    await logged(server, /does not open the stored root key/)
    expect(await follow('The service is away', 0)).toMatch(/Sealed +true[\s\S]*Sealed +false/)
    await expect(follow('The service is away', 1)).rejects.toThrow(/would not open|does not open/)
    writeFileSync(path.join(shell.home, 'unseal.key'), key)
    await server.stop()
    await server.start()
    await unsealed(server)
    expect(await follow('The service is away', 1)).toContain('The static seal would open the vault')
  })

  test('the key of the service is replaced', async () => {
    const seal = sealIn('The key of the service is replaced')
    await restartWithSeal(server, seal)
    await unsealed(server)
    await logged(server, /wrapped the root key with the newest key of the seal/)
    await restartWithSeal(server, seal.replace(/.*previous.*\n/g, ''))
    await unsealed(server)
  })

  test('shares take their place again', async () => {
    await restartWithSeal(server, sealIn('From a service back to shares'))
    expect(await follow('From a service back to shares')).toMatch(/Seal Type +shamir[\s\S]*Sealed +false/)
    await restartWithSeal(server, '')
    expect(await status(server, 'type', 'sealed', 'migration')).toEqual(['shamir', true, false])
    await follow('A server has restarted and is sealed')
    expect(await secretOf(server)).toBe('kept')
  })
})
