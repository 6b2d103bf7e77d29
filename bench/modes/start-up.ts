import { statSync } from 'node:fs'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { egide } from '../../test/harness/program.ts'
import { atMost, type Goal } from '../report.ts'
import { STORED_SECRET } from '../rows/secret-rows.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'
import { storeLeases } from '../stored/leases.ts'

const SECONDS_GOAL = 3
/** Of the stored leases: none ends meanwhile. */
const TTL_MS = 30 * 24 * 3600_000

/** Seconds from the start of the process to the answer to a read, unsealing included, with `leases` stored. */
export async function startUp(leases: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide)
  const { server } = vault
  try {
    await server.stop()
    print(`start-up with the vault as it is made: ${(await secondsToAnswer(vault)).toFixed(2)} s\n`)
    await server.stop()
    const started = performance.now()
    await storeLeases(server, leases, Date.now() + TTL_MS)
    const mib = statSync(path.join(server.dataDir, 'egide.db')).size / 1024 / 1024
    print(
      `stored ${leases} leases, a tenth of them tokens', in ${((performance.now() - started) / 1000).toFixed(0)} s, ${mib.toFixed(0)} MiB\n`,
    )
    const seconds = await secondsToAnswer(vault)
    print(
      `start-up with ${leases} leases: ${seconds.toFixed(2)} s, then ${usageOf(vault.pid).residentMib.toFixed(0)} MiB\n\n`,
    )
    return atMost(`seconds to start with ${leases} leases of tokens and secrets`, seconds, SECONDS_GOAL)
  } finally {
    await server.remove()
  }
}

async function secondsToAnswer({ server, token }: Vault): Promise<number> {
  const started = performance.now()
  await server.start()
  await server.unseal()
  const { status, text } = await server.call('GET', STORED_SECRET.path, { token })
  if (status !== 200) throw new Error(`reading after the start: ${status} ${text}`)
  return (performance.now() - started) / 1000
}
