import type { KeyObject } from 'node:crypto'
import type { AuditStreamEvidence } from '../../../engines/system/services/audit.ts'

/** What a verifier has besides the files. At least one of the keys. */
export interface VerifyInputs {
  /** The device's Ed25519 key: checkpoints, and the digests between them, can be verified. */
  readonly publicKey?: KeyObject | undefined
  /** The device's chain key: every single line can be verified. */
  readonly chainKey?: KeyObject | undefined
  /** The device's id, when it is known: lines of another one are told apart. */
  readonly device?: string | undefined
  /** Newest checkpoints as the server's storage has them: without these a cut tail can't be found. */
  readonly streams?: readonly AuditStreamEvidence[] | undefined
  /** The first file may begin in the middle of a stream: what stands before the first checkpoint is not verified. */
  readonly partial?: boolean | undefined
  /** A collector has put its own text before each line: a line begins at its first '{'. */
  readonly skipHeaders?: boolean | undefined
}

export interface Finding {
  readonly file: string
  /** From 1; 0: the file as a whole. */
  readonly line: number
  readonly message: string
}

export interface Verification {
  /** The first thing that is wrong. Undefined: the files are what was written. */
  readonly problem: Finding | undefined
  /** What is as it should be and still worth knowing: records that were dropped, a beginning that was not given. */
  readonly notes: readonly Finding[]
  readonly records: number
  readonly checkpoints: number
  /** Records after the last checkpoint, which a public key alone says nothing about. */
  readonly uncovered: number
}
