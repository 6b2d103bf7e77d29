import type { TracerProvider } from '@opentelemetry/api'

export interface TraceExportOptions {
  /** Where spans are sent: the whole URL, such as http://127.0.0.1:4318/v1/traces. */
  readonly url: string
  readonly serviceName: string
  readonly serviceVersion: string
  /** Names this process among its like. */
  readonly instanceId: string
  /** Which part of the traces that begin here is recorded, 0 to 1. A caller's trace is recorded if the caller records it. */
  readonly ratio: number
  /** For a batch to be taken, tries included. Default 5000. */
  readonly timeoutMs?: number
}

export interface TraceExport {
  readonly provider: TracerProvider
  /** Sends what waits, then stops. Resolves even when the collector does not answer. */
  stop(): Promise<void>
}

/** Spans that wait for the collector at most; past it they are dropped. */
const QUEUE_MAX = 2048
const TIMEOUT_MS = 5000

/**
 * Sends spans to a collector, in batches, over OTLP (HTTP, JSON). The packages that do it are loaded here and nowhere else:
 * a server that traces nothing does not pay for them. Headers, such as a collector's credentials, come from
 * `OTEL_EXPORTER_OTLP_HEADERS`, as OpenTelemetry defines it.
 */
export async function exportTraces(options: TraceExportOptions): Promise<TraceExport> {
  const [
    { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const exporter = new OTLPTraceExporter({ url: options.url, timeoutMillis: timeoutMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
      'service.instance.id': options.instanceId,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE_MAX, exportTimeoutMillis: timeoutMs })],
  })
  return { provider, stop: () => provider.shutdown().catch(() => undefined) }
}

/**
 * Where traces go, given the collector's base URL (of the configuration, or `OTEL_EXPORTER_OTLP_ENDPOINT`). The
 * environment's own URL for traces outranks it and stands as it is. Undefined: nothing is traced.
 */
export function tracesUrl(
  endpoint: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  if (env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  return endpoint ? `${endpoint.replace(/\/+$/, '')}/v1/traces` : undefined
}

/** Which part of the traces the environment asks for, as OpenTelemetry defines it. What is not understood records all. */
export function sampledRatio(env: Readonly<Record<string, string | undefined>>): number {
  const sampler = env.OTEL_TRACES_SAMPLER ?? ''
  if (sampler.endsWith('always_off')) return 0
  if (!sampler.endsWith('traceidratio')) return 1
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1)
  return ratio >= 0 && ratio <= 1 ? ratio : 1
}
