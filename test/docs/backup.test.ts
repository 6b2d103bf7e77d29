import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyServer, get, put } from '../backup/backup.ts'
import { Shell } from '../cli/shell.ts'
import { type Server, startServer, startUnsealed } from '../harness/server.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const chapters = readFileSync(path.join(root, 'docs', 'backup.md'), 'utf8').split(/^## /m)

/** docs/backup.md as it stands there, each chapter on what the one before it left. */
let server: Server
let target: Server
let shell: Shell
beforeAll(async () => {
  server = await startServer()
  await server.init(1, 1)
  await server.unseal()
  await put(server, 'app', 'kept')
  target = await emptyServer()
  target.adopt(server)
  shell = new Shell({})
  shell.file('shares', server.keys.join('\n'))
  shell.file('server.hcl', readFileSync(target.configFile, 'utf8'))
  symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
})
afterAll(async () => {
  shell.remove()
  await server.remove()
  await target.remove()
})

/** What one block of commands of a chapter prints. */
async function follow(chapter: string, block: number, at = server): Promise<string> {
  const text = chapters.find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands = '']) => commands)
  const commands = blocks[block]
  if (commands === undefined) throw new Error(`there is no block ${block} in chapter "${chapter}"`)
  const env = {
    PATH: `${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    EGIDE_ADDR: at.address,
    EGIDE_TOKEN: at.rootToken,
  }
  return (await run('bash', ['-c', `set -eo pipefail\n${commands}`], { cwd: shell.home, env })).stdout
}

test('a snapshot is saved and verified', async () => {
  expect(await follow('Save', 0)).toMatch(/Entries +\d+/)
  await follow('Save', 1)
  expect(await follow('Verify', 0)).toMatch(/SHA-256/)
  expect(await follow('Verify', 1)).toMatch(/do not open +0[\s\S]*in it +yes/)
})

test('it is restored into the running vault', async () => {
  await put(server, 'app', 'overwritten')
  const said = await follow('Restore into the running vault', 0)
  expect(said).toMatch(/Success!.* 0 damaged/s)
  expect(await get(server, 'app')).toBe('kept')
})

test('it is restored, and the vault is what it was', async () => {
  expect(await follow('Restore after a loss', 0)).toContain('Success!')
  await target.start()
  expect(await follow('Restore after a loss', 1, target)).toContain(' 0 damaged')
  expect(await get(target, 'app')).toBe('kept')
})

test('a running vault is checked', async () => {
  expect(await follow('Check a running vault', 0)).toContain(' 0 damaged')
})

test('one secret is restored', async () => {
  await put(server, 'app', 'overwritten')
  expect(await follow('Restore one secret', 0)).toContain('Success!')
  expect(await get(server, 'app')).toBe('kept')
})

test('the archive is one for ordinary tools', async () => {
  const command = 'tar xzf nightly.snap && sha256sum -c --quiet SHA256SUMS && cat meta.json'
  const { stdout } = await run('bash', ['-c', command], { cwd: shell.home })
  expect(JSON.parse(stdout)).toMatchObject({ format: 'egide-snapshot', version: 1 })
})

test('a vault is moved to another storage', async () => {
  await server.stop()
  const moved = await emptyServer()
  shell.file('source.hcl', readFileSync(server.configFile, 'utf8'))
  shell.file('destination.hcl', readFileSync(moved.configFile, 'utf8'))
  expect(await follow('Move between SQLite and PostgreSQL', 0)).toContain('Success!')
  moved.adopt(server)
  await moved.start()
  await moved.unseal()
  expect(await get(moved, 'app')).toBe('kept')
  await moved.remove()
})

test('a running vault becomes another one by force', async () => {
  const other = await startUnsealed()
  await put(other, 'app', 'of the other')
  const saved = await other.call('GET', 'sys/storage/snapshot')
  writeFileSync(path.join(shell.home, 'other.snap'), saved.bytes)
  shell.file('other-shares', other.keys.join('\n'))
  expect(await follow('Restore into the running vault', 1, target)).toMatch(/sealed[\s\S]*Sealed +false/)
  target.adopt(other)
  expect(await get(target, 'app')).toBe('of the other')
  await other.remove()
})
