import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const LAUNCHER = path.resolve('bin/egide')

let root: string

/** A checkout whose Node.js says which file it was to run. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'launcher-')))
  for (const folder of ['bin', 'cli', 'server/deep', '.runtime/bin', '.runtime/program/1-1']) {
    mkdirSync(path.join(root, folder), { recursive: true })
  }
  copyFileSync(LAUNCHER, path.join(root, 'bin/egide'))
  for (const source of ['cli/main.ts', 'server/deep/one.ts']) writeFileSync(path.join(root, source), '')
  const node = path.join(root, '.runtime/bin/node')
  writeFileSync(node, '#!/bin/sh\nfor word; do case $word in *main.*) echo "$word" ;; esac; done\n')
  chmodSync(node, 0o755)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function bundle(madeOf = 'cli server'): void {
  writeFileSync(path.join(root, '.runtime/program/1-1/made-of'), `${madeOf}\n`)
  symlinkSync('1-1', path.join(root, '.runtime/program/current'))
}

function whatRuns(): string {
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/egide'), ['version'], {
    encoding: 'utf8',
    cwd: tmpdir(),
  })
  expect([status, stderr]).toEqual([0, ''])
  return path.relative(root, stdout.trim())
}

/** The clock that file systems stamp with stands for some milliseconds. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 50))

it('runs the sources where nothing was bundled', () => {
  expect(whatRuns()).toBe('cli/main.ts')
})

it('runs the bundle of its own folder, which a later one does not replace under it', async () => {
  await aMoment()
  bundle()
  expect(whatRuns()).toBe('.runtime/program/1-1/main.js')
})

it.each([
  ['is changed', () => writeFileSync(path.join(root, 'server/deep/one.ts'), 'more')],
  ['is new', () => writeFileSync(path.join(root, 'server/two.ts'), '')],
  ['is gone', () => rmSync(path.join(root, 'server/deep/one.ts'))],
])('runs the sources when one of them %s since', async (_, change) => {
  await aMoment()
  bundle()
  await aMoment()
  change()
  expect(whatRuns()).toBe('cli/main.ts')
})

it('runs the sources when a folder of the bundle is not there', async () => {
  await aMoment()
  bundle('cli server crypto')
  expect(whatRuns()).toBe('cli/main.ts')
})
