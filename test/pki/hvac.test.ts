import { afterAll, beforeAll, expect, test } from 'vitest'
import { INSTALLED_WITHIN_MS } from '../clients/client-programs.ts'
import { hvacStory } from '../clients/hvac-story.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { hasOpenssl } from './authority.ts'

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
})
afterAll(() => server.remove())

test(
  "every call of hvac's pki class, unmodified",
  async ({ skip }) => {
    expect(await hvacStory('pki_story.py', server, skip, hasOpenssl ? { HAS_OPENSSL: '1' } : {})).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'roots\nsettings\nroles\ncertificates\nintermediates\nissuers\nall\n',
    })
  },
  INSTALLED_WITHIN_MS,
)
