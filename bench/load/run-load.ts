import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Usage, usageOf, usageSince } from '../process-usage.ts'
import type { Message, Outcome, Plan } from './plan.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))

export interface Measured {
  readonly outcome: Outcome
  /** What the server used while requests were counted. */
  readonly usage: Usage
}

/** Runs `plan` from a fresh generator process against the server whose process is `pid`. */
export function runLoad(plan: Plan, pid: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const generator = fork(GENERATOR)
    let before = usageOf(pid)
    generator.on('message', (message: Message) => {
      if (message.type === 'counting') before = usageOf(pid)
      else if (message.type === 'failed') reject(new Error(`load: ${message.why}`))
      else resolve({ outcome: message.outcome, usage: usageSince(pid, before) })
    })
    generator.on('error', reject)
    generator.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the load generator ended with ${code}`))
    })
    generator.send(plan)
  })
}
