/** AWS's name for an outcome, its HTTP status, and what the caller is told. Names are of the KMS API reference. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly type: string
  readonly status: number
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number | undefined

  constructor(type: string, message: string, status = 400, retryAfterSeconds?: number) {
    super(message)
    this.type = type
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
  }
}
