import type { Histogram, Registry } from 'prom-client'
import type { Operation } from '../../engines/engine.ts'

const NAME = 'egide_request_seconds'
const HELP = 'Time from a request to the end of its answer, by mount type (none: it reached no mount).'
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Engine types are few; what is past this bound is one series, so that metrics stay bounded. */
const MOUNT_TYPES_MAX = 100
const OTHERS = 'other'

type Labels = Readonly<Record<'mount_type' | 'operation' | 'status', string>>
type Values = Awaited<ReturnType<Histogram['get']>>['values']

/** What was observed of one mount type, operation and status class. */
class Series {
  readonly #labels: Labels
  /** One for each bucket, and one for what is longer than all of them. */
  readonly #counts = new Float64Array(SECONDS.length + 1)
  #sum = 0

  constructor(labels: Labels) {
    this.#labels = labels
  }

  observe(seconds: number): void {
    let bucket = 0
    while (bucket < SECONDS.length && seconds > (SECONDS[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += seconds
  }

  /** As Prometheus has it: each bucket holds those below it too. */
  values(): Values {
    const labels = this.#labels
    let count = 0
    const buckets = Array.from(this.#counts, (more, at) => {
      count += more
      return { labels: { le: SECONDS[at] ?? '+Inf', ...labels }, value: count, metricName: `${NAME}_bucket` }
    })
    const sum = { labels: { ...labels }, value: this.#sum, metricName: `${NAME}_sum` }
    return [...buckets, sum, { labels: { ...labels }, value: count, metricName: `${NAME}_count` }]
  }
}

/** By status class. */
type ByClass = (Series | undefined)[]

/**
 * Request latency by mount type, operation and status class. A histogram of prom-client makes a text of its labels for each
 * observation, and finds series and bucket by texts: this one is shown by its registry, and counts by itself.
 */
export class RequestLatency {
  readonly #series = new Map<string, Map<Operation, ByClass>>()

  constructor(registry: Registry) {
    const shown = { name: NAME, get: async () => this.#family() }
    // All that a registry asks of a metric, though its type names the library's own.
    registry.registerMetric(shown as unknown as Histogram)
  }

  observe(operation: Operation, mountType: string, status: number, seconds: number): void {
    const statusClass = Math.floor(status / 100)
    const known = this.#series.get(mountType)?.get(operation)?.[statusClass]
    if (known !== undefined) known.observe(seconds)
    else this.#add(operation, mountType, statusClass).observe(seconds)
  }

  #add(operation: Operation, mountType: string, statusClass: number): Series {
    const isOne = this.#series.has(mountType) || this.#series.size < MOUNT_TYPES_MAX
    const type = isOne ? mountType : OTHERS
    const byOperation = this.#series.get(type) ?? new Map<Operation, ByClass>()
    const byClass = byOperation.get(operation) ?? []
    byClass[statusClass] ??= new Series({
      mount_type: type === '' ? 'none' : type,
      operation,
      status: `${statusClass}xx`,
    })
    byOperation.set(operation, byClass)
    this.#series.set(type, byOperation)
    return byClass[statusClass]
  }

  #family() {
    const values: Values = []
    for (const byOperation of this.#series.values())
      for (const byClass of byOperation.values())
        for (const series of byClass) if (series !== undefined) values.push(...series.values())
    return { name: NAME, help: HELP, type: 'histogram', values, aggregator: 'sum' }
  }
}
