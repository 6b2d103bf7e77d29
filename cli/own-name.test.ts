import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ownName } from './own-name.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'own name-'))
afterAll(() => rmSync(folder, { recursive: true }))

function made(root: string, files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, root, file)), { recursive: true })
    writeFileSync(path.join(folder, root, file), '')
  }
  return path.join(folder, root)
}

test('in a checkout it is called by its path, from the sources and from what set-up made of them', () => {
  const root = made('checkout', ['bin/egide', 'cli/main.ts', '.runtime/program/1-2/main.js'])
  for (const from of ['cli', '.runtime/program/1-2']) {
    expect(ownName(root, path.join(root, from))).toBe('bin/egide')
    expect(ownName(folder, path.join(root, from))).toBe('checkout/bin/egide')
    expect(ownName(path.join(root, 'cli'), path.join(root, from))).toBe(`'${root}/bin/egide'`)
  }
})

test('where it is installed it is called by name', () => {
  const root = made('package', ['bin/egide', 'dist/cli/main.js'])
  expect(ownName(root, path.join(root, 'dist/cli'))).toBe('egide')
})
