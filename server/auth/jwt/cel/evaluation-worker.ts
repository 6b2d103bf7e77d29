import { parentPort } from 'node:worker_threads'
import { type Evaluation, evaluate, unreadable, type Verdict } from './evaluate.ts'
import type { CelProgram } from './program.ts'

/** What the thread is sent, and its one answer to each. */
export type CelTask = { readonly check: CelProgram } | { readonly run: Evaluation }
export type CelAnswer = { readonly unreadable: string | undefined } | { readonly verdict: Verdict }

parentPort?.on('message', (task: CelTask) => {
  const answer: CelAnswer = 'check' in task ? { unreadable: unreadable(task.check) } : { verdict: evaluate(task.run) }
  parentPort?.postMessage(answer)
})
