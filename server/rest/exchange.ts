import type { Operation } from '../../engines/engine.ts'
import type { Request } from '../core/request.ts'
import { publicHeaders } from './headers.ts'
import { HttpCall } from './http-call.ts'
import type { StreamedBody } from './streamed-body.ts'

/**
 * One HTTP request and its answer: what the core sees as a Request. Whatever not every request needs is made when it is
 * first asked for.
 */
export class Exchange extends HttpCall implements Request {
  readonly protocol = 'rest'
  operation: Operation = 'read'
  /** As the client wrote it, for people who look at what is in flight. */
  method = ''
  path = ''
  wrapTtlSeconds: number | undefined = undefined
  /** An answer that goes on for as long as the client wants it. */
  streaming = false
  /** Of an operation that reads it as it comes; however long that takes, it is not late. */
  body: StreamedBody | undefined = undefined
  /** Extra headers of the answer. */
  extraHeaders: readonly string[] = []

  protected shownHeaders(): Readonly<Record<string, string>> {
    return publicHeaders(this.message.headers)
  }

  get mfaValues(): readonly string[] {
    return this.message.headers['x-vault-mfa'] === undefined ? [] : (this.message.headersDistinct['x-vault-mfa'] ?? [])
  }
}
