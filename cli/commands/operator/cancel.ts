import { ApiError } from '../../../sdk/errors.ts'
import { Failure, remote } from '../../failure.ts'
import type { Session } from '../../session.ts'

/** An attempt that key shares are given for. */
export interface Attempt {
  /** What the API ends with DELETE. */
  readonly path: string
  /** For the message of a refusal. */
  readonly doing: string
  /** The command that shows its nonce. */
  readonly status: string
}

/** Ends an attempt. Who is refused without the nonce is told where it stands: the server knows of no flags. */
export async function cancelAttempt(session: Session, attempt: Attempt, nonce: string | undefined): Promise<void> {
  const request = session.client.json('DELETE', attempt.path, nonce === undefined ? {} : { body: { nonce } })
  let isRefused = false
  const told = request.catch((error: unknown) => {
    isRefused = error instanceof ApiError && error.status === 400
    throw error
  })
  try {
    await remote(attempt.doing, told)
  } catch (error) {
    if (!isRefused || nonce !== undefined || !(error instanceof Failure)) throw error
    throw new Failure(`${error.message}\n\nGive -nonce; "${attempt.status}" shows it.`, error.exitCode)
  }
}
