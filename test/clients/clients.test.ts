import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../harness/server.ts'
import { Absent, type ClientProgram, clientPrograms } from './client-programs.ts'

const run = promisify(execFile)

/** Building Go programs or a Python environment happens once a machine, over its network. */
const PREPARED_WITHIN_MS = 400_000
const DONE_WITHIN_MS = 90_000

const STEPS = ['init and unseal', 'kv1', 'kv2', 'policies', 'tokens', 'wrapping', 'transit', 'mounts', 'seal']

for (const [name, prepare] of Object.entries(clientPrograms)) {
  describe(`${name}, unmodified`, () => {
    let program: ClientProgram | Absent
    beforeAll(async () => {
      program = await prepare().catch((err: unknown) => {
        if (err instanceof Absent) return err
        throw err
      })
    }, PREPARED_WITHIN_MS)

    test.for([
      { transport: 'HTTP', tls: false },
      { transport: 'TLS', tls: true },
    ])('does every step over $transport', { timeout: DONE_WITHIN_MS + 30_000 }, async ({ tls }, { skip }) => {
      const prepared = program
      if (prepared instanceof Absent) return skip(prepared.message)
      const server = await startServer({ tls })
      try {
        // A home of its own: clients pick up what an earlier login left in one.
        const env = {
          PATH: process.env.PATH,
          HOME: server.dataDir,
          VAULT_ADDR: server.address,
          VAULT_CACERT: server.certificate?.caFile,
        }
        const done = await run(prepared.command, prepared.args, { env, timeout: DONE_WITHIN_MS }).catch(
          (err: Error) => {
            throw new Error(`${err.message}\nThe server said:\n${server.log.slice(-4000)}`)
          },
        )
        expect(done.stdout.trim().split('\n')).toEqual(STEPS)
      } finally {
        await server.remove()
      }
    })
  })
}
