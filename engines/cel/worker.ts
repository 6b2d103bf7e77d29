import { parentPort } from 'node:worker_threads'
import type { Evaluator } from './evaluator.ts'
import type { CelProgram } from './program.ts'

/** What the thread is sent, and its one answer to each. Both are copied by structured clone. */
export type CelTask<Input> = { readonly check: CelProgram } | { readonly run: Input }
export type CelAnswer<Made> = { readonly unreadable: string | undefined } | { readonly made: Made }

/** What a thread of programs does: `evaluator` says whether they can be read, `run` what comes of one. */
export function serve<Input, Made>(evaluator: Evaluator, run: (input: Input) => Made): void {
  parentPort?.on('message', (task: CelTask<Input>) => {
    const answer: CelAnswer<Made> =
      'check' in task ? { unreadable: evaluator.unreadable(task.check) } : { made: run(task.run) }
    parentPort?.postMessage(answer)
  })
}
