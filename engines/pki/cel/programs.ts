import { ProgramThread } from '../../cel/thread.ts'
import type { Evaluation, Verdict } from './evaluate.ts'

/** The thread of the programs of all mounts. */
export const programs = new ProgramThread<Evaluation, Verdict>('certificate-program-worker', import.meta.url)
