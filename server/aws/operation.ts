import type { Operation } from '../../engines/engine.ts'
import type { Awaitable } from '../../storage/backend.ts'
import type { AccessKey } from '../core/access-keys/access-key.ts'

export type Data = Readonly<Record<string, unknown>>

/** What a request of the KMS API is to the pipeline; `path` is below the mount. */
export interface Asked {
  readonly operation: Operation
  readonly path: string
  readonly data: Data
}

/** Of what is done with a key rather than to it, which the pipeline takes as an update. */
export const asked = (path: string, data: Data): Asked => ({ operation: 'update', path, data })

/** Asks for an answer that its caller can't be given but through a Nitro enclave. */
export const ENCLAVE = 'Recipient'

/** What an answer is made of. */
export interface Answered {
  /** The pipeline's reply. */
  readonly reply: Data
  readonly input: Data
  readonly key: AccessKey
}

/** One operation of the KMS API: the request of the pipeline that it is, and what the reply is to AWS's clients. */
export interface KmsOperation {
  /** Throws AwsError and EgideError for what can't be asked. */
  readonly ask: (input: Data, key: AccessKey) => Awaitable<Asked>
  /** Absent: the answer has no body. */
  readonly answer?: (answered: Answered) => Data
}

export type KmsOperations = Readonly<Record<string, KmsOperation>>
