import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { TestingVault } from '../seal/testing-vault.ts'
import { makeReady, type OpeningFiles, openingFiles } from './first-run.ts'

let folder: string
let files: OpeningFiles
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-first-run-'))
  files = openingFiles(path.join(folder, 'data'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As a process that starts on what is stored. */
const start = (backend: MemoryBackend) => makeReady(new TestingVault(backend).manager, files)
const names = () => readdirSync(path.dirname(files.shares)).sort()

describe('a first start', () => {
  test('writes what opens the vault for its owner alone, and the next start uses it', async () => {
    const backend = new MemoryBackend()
    expect(await start(backend)).toBe('unsealed')
    expect(names()).toEqual(['root-token', 'unseal-shares'])
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await start(backend)).toBe('unsealed')
  })

  test('that was cut short before the vault was made is made anew', async () => {
    const other = new MemoryBackend()
    await start(other)
    for (const file of Object.values(files)) renameSync(file, `${file}.new`)
    const backend = new MemoryBackend()
    expect(await start(backend)).toBe('unsealed')
    expect(await start(backend)).toBe('unsealed')
    expect(names()).toEqual(['root-token', 'unseal-shares'])
  })

  for (const [when, left] of [
    ['before its files were named', ['shares', 'rootToken']],
    ['while its files were named', ['rootToken']],
  ] as const) {
    test(`that was cut short when the vault was made, ${when}, is finished by the next`, async () => {
      const backend = new MemoryBackend()
      await start(backend)
      for (const name of left) renameSync(files[name], `${files[name]}.new`)
      expect(await start(backend)).toBe('unsealed')
      expect(names()).toEqual(['root-token', 'unseal-shares'])
    })
  }

  test('makes no vault when what opens it can’t be kept', async () => {
    const backend = new MemoryBackend()
    writeFileSync(path.join(folder, 'data'), 'a file where the folder should be')
    await expect(start(backend)).rejects.toThrow()
    const vault = new TestingVault(backend)
    expect((await vault.manager.status()).initialized).toBe(false)
  })

  test('overwrites no shares of another vault', async () => {
    await start(new MemoryBackend())
    const backend = new MemoryBackend()
    await expect(start(backend)).rejects.toThrow(/unseal-shares is there, but the vault beside it is new/)
    expect((await new TestingVault(backend).manager.status()).initialized).toBe(false)
  })
})

test('who has taken the shares away unseals by hand', async () => {
  const backend = new MemoryBackend()
  await start(backend)
  rmSync(files.shares)
  expect(await start(backend)).toBe('gone')
})

test.each([
  ['of another vault', (own: string[], others: string[]) => others.slice(0, own.length)],
  ['too few', (own: string[]) => own.slice(0, 2)],
  ['no shares at all', () => ['what is this']],
])('whose shares are %s unseals by hand, and nothing is left of those', async (_, left) => {
  const sharesOf = () => readFileSync(files.shares, 'utf8').trim().split('\n')
  await start(new MemoryBackend())
  const others = sharesOf()
  for (const file of Object.values(files)) rmSync(file)
  const backend = new MemoryBackend()
  await start(backend)
  const own = sharesOf()
  writeFileSync(files.shares, left(own, others).join('\n'))
  const { manager } = new TestingVault(backend)
  expect(await makeReady(manager, files)).toBe('stale')
  expect((await manager.status()).progress).toBe(0)
  for (const share of own.slice(0, 3)) await manager.unseal(Buffer.from(share, 'base64'))
  expect((await manager.status()).sealed).toBe(false)
})
