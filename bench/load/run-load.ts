import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuSecondsOf, familyOf, type Usage, usageOf } from '../servers/process-usage.ts'
import type { Message, Outcome, Plan } from './plan.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))

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
  return new Promise((resolve, reject) => {
    const generator = fork(GENERATOR)
    let family: readonly number[] = []
    let databaseFamily: readonly number[] = []
    const find = (): void => {
      family = familyOf(pid)
      databaseFamily = databasePid === undefined ? [] : familyOf(databasePid)
    }
    find()
    // The processes that a database has for its connections begin with the load.
    const again = setTimeout(find, plan.warmUpMs / 2)
    let before = 0
    let databaseBefore = 0
    generator.on('message', (message: Message) => {
      if (message.type === 'counting') {
        clearTimeout(again)
        before = cpuSecondsOf(family)
        databaseBefore = cpuSecondsOf(databaseFamily)
      } else if (message.type === 'failed') reject(new Error(`load: ${message.why}`))
      else {
        const databaseCpuSeconds = cpuSecondsOf(databaseFamily) - databaseBefore
        const usage = { cpuSeconds: cpuSecondsOf(family) - before, residentMib: usageOf(pid).residentMib }
        resolve({ outcome: message.outcome, usage, databaseCpuSeconds })
      }
    })
    generator.on('error', reject)
    generator.on('exit', (code) => {
      clearTimeout(again)
      if (code !== 0) reject(new Error(`the load generator ended with ${code}`))
    })
    generator.send(plan)
  })
}
