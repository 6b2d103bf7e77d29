import type { CelProgram } from '../../../../engines/cel/program.ts'
import { ProgramEnded, ProgramThread } from '../../../../engines/cel/thread.ts'
import { TokenRefused } from '../../jwks/verify-token.ts'
import type { Evaluation, Verdict } from './evaluate.ts'

const thread = new ProgramThread<Evaluation, Verdict>('token-program-worker', import.meta.url)

/** Why the program can't be read; undefined: it can. */
export function checkProgram(program: CelProgram): Promise<string | undefined> {
  return thread.check(program)
}

/** Rejects with TokenRefused for a program that had to be ended, and with `unavailable` when too many wait. */
export async function runProgram(evaluation: Evaluation): Promise<Verdict> {
  try {
    return await thread.run(evaluation)
  } catch (error) {
    if (error instanceof ProgramEnded) throw new TokenRefused(`the program was ended: ${error.message}`)
    throw error
  }
}
