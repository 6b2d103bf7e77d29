import { afterAll, beforeAll, expect, test } from 'vitest'
import { INSTALLED_WITHIN_MS } from '../clients/client-programs.ts'
import { hvacStory } from '../clients/hvac-story.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
})
afterAll(() => server.remove())

test(
  "hvac's identity class, unmodified",
  async ({ skip }) => {
    expect(await hvacStory('identity_story.py', server, skip)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'entities\naliases\ngroups\nlogins\ntokens\nendings\n',
    })
  },
  INSTALLED_WITHIN_MS,
)
