import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { EgideError } from '../../engines/errors.ts'
import type { Awaitable } from '../../storage/backend.ts'
import type { Core, Request, Response } from '../core/request.ts'

/**
 * A core whose requests each make a span: named by operation and mount type, part of the trace that the caller's
 * `traceparent` names. A span tells nothing that a caller wrote: neither path, nor data, nor the text of an error.
 */
export class TracedCore implements Core {
  readonly #core: Core
  readonly #tracer: Tracer

  constructor(core: Core, provider: TracerProvider, version: string) {
    this.#core = core
    this.#tracer = provider.getTracer('egide', version)
  }

  admit(request: Request, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    return this.#core.admit === undefined ? [] : this.#core.admit(request, isWhole)
  }

  async handle(request: Request): Promise<Response> {
    const span = this.#begin(request)
    try {
      const response = await this.#core.handle(request)
      succeed(span, request, response)
      return response
    } catch (error) {
      fail(span, error)
      throw error
    } finally {
      span.end()
    }
  }

  #begin(request: Request): Span {
    const attributes: Attributes = {
      'egide.operation': request.operation,
      'egide.request.id': request.id,
      'egide.wrapped': request.wrapTtlSeconds !== undefined,
      'network.protocol.name': request.protocol,
    }
    const options = { kind: SpanKind.SERVER, attributes }
    return this.#tracer.startSpan(request.operation, options, parentOf(request.headers.traceparent))
  }
}

function succeed(span: Span, request: Request, response: Response): void {
  span.updateName(`${request.operation} ${response.mountType}`)
  span.setAttribute('egide.mount.type', response.mountType)
  span.setAttribute('http.response.status_code', response.status)
}

/** An error of the caller's (a refusal, a missing secret) is an outcome; only a fault of ours marks the span. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof EgideError ? error.code : 'internal'
  span.setAttribute('error.type', code)
  if (code === 'internal' || code === 'unavailable') span.setStatus({ code: SpanStatusCode.ERROR })
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace, parent, flags. Later versions may add more. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-[\x20-\x7e]*)?$/

function parentOf(traceparent: string | undefined): Context {
  const found = traceparent === undefined ? null : TRACEPARENT.exec(traceparent)
  if (found === null) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = ''] = found
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
