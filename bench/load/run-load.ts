import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Usage, usageOf, usageSince } from '../servers/process-usage.ts'
import type { Message, Outcome, Plan } from './plan.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))

const UNUSED: Usage = { cpuSeconds: 0, residentMib: 0 }

export interface Measured {
  readonly outcome: Outcome
  /** What the server used while requests were counted. */
  readonly usage: Usage
  /** What its database used, where that is a process of its own. */
  readonly databaseCpuSeconds: number
}

/**
 * Runs `plan` from a fresh generator process against the server whose process is `pid`; `databasePid` is its database's.
 */
export function runLoad(plan: Plan, pid: number, databasePid?: number): Promise<Measured> {
  const databaseUsage = (): Usage => (databasePid === undefined ? UNUSED : usageOf(databasePid))
  return new Promise((resolve, reject) => {
    const generator = fork(GENERATOR)
    let before = usageOf(pid)
    let databaseBefore = UNUSED
    generator.on('message', (message: Message) => {
      if (message.type === 'counting') {
        before = usageOf(pid)
        databaseBefore = databaseUsage()
      } else if (message.type === 'failed') reject(new Error(`load: ${message.why}`))
      else {
        const databaseCpuSeconds = databaseUsage().cpuSeconds - databaseBefore.cpuSeconds
        resolve({ outcome: message.outcome, usage: usageSince(pid, before), databaseCpuSeconds })
      }
    })
    generator.on('error', reject)
    generator.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the load generator ended with ${code}`))
    })
    generator.send(plan)
  })
}
