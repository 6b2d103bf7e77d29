import { performance } from 'node:perf_hooks'
import { egide } from '../../test/harness/program.ts'
import { atMost, type Goal } from '../report.ts'
import { STORED_SECRET } from '../rows/secret-rows.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'

const SECONDS_GOAL = 3
const MIB_GOAL = 100
const AT_ONCE = 32
/** Every so many of them is used after the start. */
const USED = 10

/** Start-up and memory with `count` namespaces below root, against the vault without them. */
export async function withNamespaces(count: number, print: (text: string) => void): Promise<readonly Goal[]> {
  const vault = await Vault.start(egide)
  const { server } = vault
  try {
    const before = await restarted(vault)
    print(`without namespaces: ${before.seconds.toFixed(2)} s, then ${before.mib.toFixed(0)} MiB\n`)
    const started = performance.now()
    await each(count, 1, (n) => expectStatus(vault, 'POST', `sys/namespaces/tenant-${n}`, 200))
    print(`made ${count} namespaces in ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
    const after = await restarted(vault)
    print(`with ${count} namespaces: ${after.seconds.toFixed(2)} s, then ${after.mib.toFixed(0)} MiB\n`)
    const using = performance.now()
    await each(count, USED, (n) => expectStatus(vault, 'GET', `tenant-${n}/sys/mounts`, 200))
    const ms = ((performance.now() - using) / Math.ceil(count / USED)).toFixed(2)
    const { residentMib } = usageOf(vault.pid)
    print(`one in ${USED} used, ${ms} ms each on first use: ${residentMib.toFixed(0)} MiB\n\n`)
    return [
      atMost(`seconds to start with ${count} namespaces`, after.seconds, SECONDS_GOAL),
      atMost(`MiB more after the start with ${count} namespaces`, after.mib - before.mib, MIB_GOAL),
      atMost(`MiB more when one in ${USED} of them was used`, residentMib - before.mib, MIB_GOAL),
    ]
  } finally {
    await server.remove()
  }
}

async function restarted(vault: Vault): Promise<{ seconds: number; mib: number }> {
  const { server } = vault
  await server.stop()
  const started = performance.now()
  await server.start()
  await server.unseal()
  await expectStatus(vault, 'GET', STORED_SECRET.path, 200)
  return { seconds: (performance.now() - started) / 1000, mib: usageOf(vault.pid).residentMib }
}

/** Every `step`-th number below `count`, some at a time. */
async function each(count: number, step: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let n = next; n < count; n = next) {
      next = n + step
      await work(n)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function expectStatus({ server }: Vault, method: string, path: string, status: number): Promise<void> {
  const reply = await server.call(method, path)
  if (reply.status !== status) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
}
