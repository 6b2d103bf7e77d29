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
    const started = { files, folder, readiness: 'unsealed', wasNew: true } as const
    const [line = ''] = /^ *export .*$/m.exec(startBanner(server, { auditDevices: [] }, started)) ?? []
    const script = `${line}\nprintf %s "$EGIDE_ADDR $EGIDE_TOKEN"`
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('http://127.0.0.1:8200 s.root')
  })
}
