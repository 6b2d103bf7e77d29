import { Histogram, type Registry } from 'prom-client'
import type { Operation } from '../../engines/engine.ts'

const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Engine types are few; what is past this bound is one series, so that metrics stay bounded. */
const MOUNT_TYPES_MAX = 100

type Child = Histogram.Internal<'mount_type' | 'operation' | 'status'>
/** By status class. */
type ByClass = (Child | undefined)[]

/** Request latency by mount type, operation and status class. The series of a combination is looked up, not made, per request. */
export class RequestLatency {
  readonly #histogram: Histogram<'mount_type' | 'operation' | 'status'>
  readonly #children = new Map<string, Map<Operation, ByClass>>()

  constructor(registry: Registry) {
    this.#histogram = new Histogram({
      name: 'egide_request_seconds',
      help: 'Time from a request to the end of its answer, by mount type (none: it reached no mount).',
      labelNames: ['mount_type', 'operation', 'status'],
      buckets: SECONDS,
      registers: [registry],
    })
  }

  observe(operation: Operation, mountType: string, status: number, seconds: number): void {
    const statusClass = Math.floor(status / 100)
    const known = this.#children.get(mountType)?.get(operation)?.[statusClass]
    if (known !== undefined) known.observe(seconds)
    else this.#add(operation, mountType, statusClass).observe(seconds)
  }

  #add(operation: Operation, mountType: string, statusClass: number): Child {
    const isNew = !this.#children.has(mountType)
    const type = isNew && this.#children.size >= MOUNT_TYPES_MAX ? 'other' : mountType
    const labels = { mount_type: type === '' ? 'none' : type, operation, status: `${statusClass}xx` }
    const child = this.#histogram.labels(labels)
    if (type !== mountType) return child
    const byOperation = this.#children.get(mountType) ?? new Map<Operation, ByClass>()
    const byClass = byOperation.get(operation) ?? []
    byClass[statusClass] = child
    byOperation.set(operation, byClass)
    this.#children.set(mountType, byOperation)
    return child
  }
}
