import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildLego, INSTALLED_WITHIN_MS } from '../clients/client-programs.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { startAcmeServer } from './acme-server.ts'
import { ChallengeWorld } from './challenge-world.ts'

/** lego is the client of ACME that programs written in Go have built in. */

const DONE_WITHIN_MS = 90_000

test('lego: a bound account, a certificate, its renewal and revocation, another key for the account', {
  timeout: INSTALLED_WITHIN_MS,
}, async ({ skip }) => {
  const program = await unlessAbsent(buildLego, skip)
  const world = await ChallengeWorld.start()
  const server = await startAcmeServer({ storage: 'inmem', tls: true })
  try {
    const post = (path: string, body: object) => server.call('POST', path, { body })
    const port = await freePort()
    const settings = { ...world.settings, http_challenge_port: port, eab_policy: 'always-required' }
    const { status } = await post('pki/config/acme', { enabled: true, ...settings })
    expect(status).toBe(200)
    const { body } = await post('pki/acme/new-eab', {})
    const env = {
      HOME: server.dataDir,
      LEGO_CA_CERTIFICATES: server.certificate?.caFile,
      DIRECTORY: `${server.address}/v1/pki/acme/directory`,
      HTTP_PORT: String(port),
      EAB_KID: String(at(body, 'data', 'id')),
      EAB_KEY: String(at(body, 'data', 'key')),
    }
    const done = await promisify(execFile)(program, [], { env, timeout: DONE_WITHIN_MS })
    const steps = ['account', 'certificate', 'renewal', 'revocation', 'keys and end of the account']
    expect(done.stdout.trim().split('\n')).toEqual(steps)
  } finally {
    world.close()
    await server.remove()
  }
})
