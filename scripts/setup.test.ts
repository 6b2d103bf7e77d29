import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'egide-setup-'))
  mkdirSync(path.join(checkout, 'scripts'))
  cpSync(path.join(import.meta.dirname, 'setup.mjs'), path.join(checkout, 'scripts', 'setup.mjs'))
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

test('where nothing can be written, set-up says in a line what it wanted', () => {
  // Not by permissions, which do not bind root.
  writeFileSync(path.join(checkout, '.runtime'), '')
  const { status, stderr } = spawnSync(process.execPath, [path.join(checkout, 'scripts/setup.mjs')], {
    encoding: 'utf8',
  })
  expect(stderr).toBe(
    `egide set-up: cannot write what is missing into this folder: ENOTDIR: not a directory, mkdir '${path.join(checkout, '.runtime', 'bin')}'\n`,
  )
  expect(status).toBe(1)
})
