import type { Awaitable } from '../../storage/backend.ts'
import { document } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

/** What is kept of a credential of an AWS client. Signatures are verified with the secret itself, so it is no hash. */
export interface AwsCredential {
  readonly secret: Buffer
  /** The token that its requests are made with; nobody is ever shown it. */
  readonly token: Buffer
  readonly accessor: string
  readonly policies: readonly string[]
  readonly description: string
  readonly createdMs: number
  /** 0: never. */
  readonly expiresAtMs: number
}

export const awsCredentialCodec = document<AwsCredential>()
export const AWS_CREDENTIALS = 'aws-credentials/'

const ACCESS_KEY_ID = /^AKIA[A-Z0-9]{16}$/

/** In the store of a mount. Whether its token still lives is not looked at. */
export function awsCredential(store: Store, accessKeyId: string): Awaitable<AwsCredential | undefined> {
  return ACCESS_KEY_ID.test(accessKeyId) ? store.get(AWS_CREDENTIALS + accessKeyId, awsCredentialCodec) : undefined
}
