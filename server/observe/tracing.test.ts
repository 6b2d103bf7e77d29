import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, test } from 'vitest'
import { EgideError } from '../../engines/errors.ts'
import type { Core, Request, Response } from '../core/request.ts'
import { TracedCore } from './tracing.ts'
import { exportTraces, sampledRatio, tracesUrl } from './tracing-export.ts'

const CANARY = 'canary-5f1c'

const request = (headers: Record<string, string> = {}): Request => ({
  id: '00000000-0000-4000-8000-000000000001',
  namespace: '',
  operation: 'read',
  path: `secret/data/${CANARY}`,
  data: { password: CANARY },
  token: `s.${CANARY}`,
  wrapTtlSeconds: undefined,
  connection: { remoteAddress: '127.0.0.1', remotePort: 1, tls: false },
  headers: { 'x-canary': CANARY, ...headers },
  protocol: 'rest',
  signal: undefined,
})

const answer = { status: 200, mountType: 'kv', data: { password: CANARY } } as unknown as Response
const answering: Core = { handle: async () => answer }
const failing = (error: unknown): Core => ({
  handle: async () => {
    throw error
  },
})

function recorded() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  return { spans: () => exporter.getFinishedSpans(), traced: (core: Core) => new TracedCore(core, provider, '1') }
}

test('a request is a span, named by operation and mount type', async () => {
  const { spans, traced } = recorded()
  expect(await traced(answering).handle(request())).toBe(answer)
  const [span] = spans()
  expect(span?.name).toBe('read kv')
  expect(span?.attributes).toMatchObject({
    'egide.request.id': '00000000-0000-4000-8000-000000000001',
    'egide.mount.type': 'kv',
    'http.response.status_code': 200,
  })
})

test('a refusal is told by its code, a fault of ours marks the span, and both reach the caller', async () => {
  const { spans, traced } = recorded()
  const refusal = new EgideError('permission_denied', CANARY)
  await expect(traced(failing(refusal)).handle(request())).rejects.toBe(refusal)
  await expect(traced(failing(new TypeError(CANARY))).handle(request())).rejects.toThrow(TypeError)
  expect(spans().map(({ attributes, status }) => [attributes['error.type'], status.code])).toEqual([
    ['permission_denied', 0],
    ['internal', 2],
  ])
})

test('a span belongs to the trace of the caller, unless its header makes no sense', async () => {
  const { spans, traced } = recorded()
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const parents = [
    `00-${traceId}-00f067aa0ba902b7-01`,
    `cc-${traceId}-00f067aa0ba902b7-01-more`,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    'nonsense',
  ]
  for (const traceparent of parents) await traced(answering).handle(request({ traceparent }))
  expect(spans().map((span) => span.spanContext().traceId === traceId)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})

test('no span tells what a caller wrote or what an error said', async () => {
  const { spans, traced } = recorded()
  await traced(answering).handle(request())
  for (const error of [new EgideError('invalid_request', CANARY), new Error(CANARY, { cause: CANARY })]) {
    await expect(traced(failing(error)).handle(request())).rejects.toBe(error)
  }
  const told = JSON.stringify(
    spans().map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })),
  )
  expect(spans()).toHaveLength(3)
  expect(told).not.toContain('canary')
})

describe('to a collector', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  test('spans arrive over OTLP, with what names this process', async () => {
    const bodies: { path: string | undefined; body: string }[] = []
    const listening = createServer((message, reply) => {
      let body = ''
      message.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      message.on('end', () => {
        bodies.push({ path: message.url, body })
        reply.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
      })
    })
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const { port } = listening.address() as AddressInfo
    const url = tracesUrl(`http://127.0.0.1:${port}/`, {}) ?? ''
    const { provider, stop } = await exportTraces({
      url,
      serviceName: 'egide',
      serviceVersion: '9.9.9',
      instanceId: 'node-1',
      ratio: 1,
    })
    const traced = new TracedCore(answering, provider, '9.9.9')
    await traced.handle(request())
    await traced.handle(request())
    await stop()
    expect(bodies.map(({ path }) => path)).toEqual(['/v1/traces'])
    const text = bodies[0]?.body ?? ''
    expect(text.match(/"name":"read kv"/g)).toHaveLength(2)
    expect(text).toContain('node-1')
    expect(text).not.toContain('canary')
  })

  test('a collector that is not there fails no request and holds up no stop', async () => {
    const { provider, stop } = await exportTraces({
      url: 'http://127.0.0.1:1/v1/traces',
      serviceName: 'egide',
      serviceVersion: '1',
      instanceId: '',
      ratio: 1,
      timeoutMs: 200,
    })
    expect(await new TracedCore(answering, provider, '1').handle(request())).toBe(answer)
    await stop()
  })
})

test('traces go below the collector, or where the environment says that traces go', () => {
  expect(tracesUrl(undefined, {})).toBeUndefined()
  expect(tracesUrl('', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' })).toBeUndefined()
  expect(tracesUrl('http://c:4318', {})).toBe('http://c:4318/v1/traces')
  expect(tracesUrl('http://c/x/', {})).toBe('http://c/x/v1/traces')
  expect(tracesUrl('http://c', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/here' })).toBe('http://t/here')
  expect(tracesUrl('http://c', { OTEL_SDK_DISABLED: 'true' })).toBeUndefined()
})

test('the environment says which part of the traces is recorded', () => {
  const of = (sampler: string, arg?: string) =>
    sampledRatio({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg })
  expect([of(''), of('always_on'), of('always_off'), of('parentbased_always_off')]).toEqual([1, 1, 0, 0])
  expect([of('traceidratio', '0.25'), of('parentbased_traceidratio', '0'), of('traceidratio')]).toEqual([0.25, 0, 1])
  expect([of('traceidratio', '7'), of('traceidratio', 'x')]).toEqual([1, 1])
})
