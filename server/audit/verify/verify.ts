import { ChainFollower } from './chain-follower.ts'
import { readLines } from './line-reader.ts'
import type { Verification, VerifyInputs } from './verification.ts'

/** Verifies files that one device wrote, given in the order they were written. Rejects when one can't be read. */
export async function verify(files: readonly string[], inputs: VerifyInputs): Promise<Verification> {
  const follower = new ChainFollower(inputs)
  for (const file of files) {
    follower.beginFile(file)
    await readLines(
      file,
      (line, whole) => follower.line(line, whole),
      () => follower.problem !== undefined,
    )
  }
  follower.end()
  const { problem, notes, records, checkpoints, uncovered } = follower
  return { problem, notes, records, checkpoints, uncovered }
}
