import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBanner } from './banner.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'egide-banner-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

for (const name of ['data', 'a place & another', "Größe, that's $HOME"]) {
  test(`a shell takes the token from where the banner says, in a folder named ${name}`, () => {
    const folder = path.join(parent, name)
    mkdirSync(folder)
    const files = { shares: path.join(folder, 'unseal-shares'), rootToken: path.join(folder, 'root-token') }
    writeFileSync(files.rootToken, 's.root\n')
    const server = { apiAddress: 'http://127.0.0.1:8200', grpcAddress: undefined }
    const started = {
      files,
      folder,
      readiness: 'unsealed',
      wasNew: true,
      hasRootToken: true,
      command: 'egide',
    } as const
    const [line = ''] = /^ *export .*$/m.exec(startBanner(server, { auditDevices: [] }, started)) ?? []
    const script = `${line}\nprintf %s "$EGIDE_ADDR $EGIDE_TOKEN"`
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('http://127.0.0.1:8200 s.root')
  })
}

test('what was taken off the machine is not named, nor read by what is to be tried', () => {
  const files = { shares: '/d/unseal-shares', rootToken: '/d/root-token' }
  const server = { apiAddress: 'http://127.0.0.1:8200', grpcAddress: undefined }
  const told = (started: { readiness: 'unsealed' | 'gone'; hasRootToken: boolean }) =>
    startBanner(server, { auditDevices: [] }, { files, folder: '/d', wasNew: false, command: 'egide', ...started })
  const opened = told({ readiness: 'unsealed', hasRootToken: false })
  expect(opened).toContain('What opens it is in\n    /d/unseal-shares\nFor anything but trying things out, take it off')
  const bare = told({ readiness: 'gone', hasRootToken: false })
  for (const text of [opened, bare]) {
    expect(text).not.toContain('root-token')
    expect(text).toContain('export EGIDE_ADDR=http://127.0.0.1:8200\n    egide login\n    egide status\n')
  }
  expect(bare).toMatch(/^Egide listens .*\nIts data is in \/d\.\n\nThree commands to try/)
  expect(told({ readiness: 'gone', hasRootToken: true })).toContain(
    'Its first root token was written to\n    /d/root-token',
  )
})
