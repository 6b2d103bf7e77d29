import { AggregatorRegistry } from 'prom-client'
import type { MetricsSummary } from '../../engines/system/services/operations.ts'
import type { Families } from './metrics.ts'
import { summaryOf } from './metrics-summary.ts'

/** Figures of several processes that are one server, told apart by the label `worker`. */

export function withWorker(families: Families, worker: number): Families {
  return families.map((family) => ({
    ...family,
    values: family.values.map((value) => ({ ...value, labels: { ...value.labels, worker: String(worker) } })),
  })) as Families
}

/** Prometheus' text format. */
export function renderFamilies(families: Families): Promise<string> {
  return AggregatorRegistry.aggregate([families]).metrics()
}

export function summaryOfFamilies(families: Families, timeMs: number): MetricsSummary {
  return summaryOf(families, timeMs)
}
