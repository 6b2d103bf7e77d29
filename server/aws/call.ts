import type { Operation } from '../../engines/engine.ts'
import type { InFlightRequest } from '../core/in-flight-request.ts'
import type { Request } from '../core/request.ts'
import { publicHeaders } from '../rest/headers.ts'
import { HttpCall } from '../rest/http-call.ts'

/** Where requests are recorded whose operation is not known, or whose caller is not. */
export const UNKNOWN_PATH = 'aws/kms'

/** One HTTP request of an AWS client: what the core sees as a Request. */
export class Call extends HttpCall implements Request, InFlightRequest {
  readonly protocol = 'aws-kms'
  readonly method = 'POST'
  readonly streaming = false
  readonly wrapTtlSeconds = undefined
  operation: Operation = 'update'
  path = UNKNOWN_PATH

  /** Within its few minutes a signature could be used again. */
  protected shownHeaders(): Readonly<Record<string, string>> {
    const { authorization: _, 'x-amz-security-token': __, ...shown } = publicHeaders(this.message.headers)
    return shown
  }
}
