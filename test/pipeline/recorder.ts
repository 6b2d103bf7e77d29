import { EgideError } from '../../engines/errors.ts'
import type { AuditLog, AuditRequest, AuditResponse } from '../../server/core/audit-port.ts'

/** What happened to a request, in its order: its records, and what the engines of the test say they did. */
export type Event =
  | { readonly kind: 'request'; readonly record: AuditRequest; readonly error: string | undefined }
  | { readonly kind: 'response'; readonly record: AuditRequest; readonly response: AuditResponse }
  | { readonly kind: 'request written' | 'response written'; readonly record: AuditRequest }
  | { readonly kind: 'engine'; readonly what: string }

type Which = 'request' | 'response'

/** An audit log in memory that can be slow, and can fail. */
export class Recorder implements AuditLog {
  readonly events: Event[] = []
  /** The device that fails: its records are refused once they would have been written. */
  readonly failing = new Set<Which>()
  /** The device takes until this resolves. */
  until: Promise<void> | undefined

  async catchUp(): Promise<void> {}

  request(record: AuditRequest, error: string | undefined): Promise<void> | undefined {
    this.events.push({ kind: 'request', record, error })
    return this.#written('request', record)
  }

  response(record: AuditRequest, response: AuditResponse): Promise<void> | undefined {
    this.events.push({ kind: 'response', record, response })
    return this.#written('response', record)
  }

  did(what: string): void {
    this.events.push({ kind: 'engine', what })
  }

  /** Kinds, and what engines did, in their order; empties the record. */
  take(): readonly string[] {
    return this.events.splice(0).map((event) => (event.kind === 'engine' ? event.what : event.kind))
  }

  /** The newest records of both kinds. */
  last(): { request: Event & { kind: 'request' }; response: Event & { kind: 'response' } } {
    const request = this.events.findLast((event) => event.kind === 'request')
    const response = this.events.findLast((event) => event.kind === 'response')
    if (request === undefined || response === undefined) throw new Error('there are no two records')
    return { request, response }
  }

  #written(which: Which, record: AuditRequest): Promise<void> | undefined {
    const { until } = this
    if (until === undefined && this.failing.size === 0) return undefined
    const written = this.#write(which, record, until)
    written.catch(() => {}) // as the port says
    return written
  }

  async #write(which: Which, record: AuditRequest, until: Promise<void> | undefined): Promise<void> {
    await until
    if (this.failing.has(which)) throw new EgideError('unavailable', 'audit device file/ failed')
    this.events.push({ kind: `${which} written`, record })
  }
}
