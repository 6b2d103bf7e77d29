import type { MetricObjectWithValues, MetricValue } from 'prom-client'
import type {
  MetricsSummary,
  SummaryCounter,
  SummaryGauge,
  SummarySample,
} from '../../engines/system/services/operations.ts'

type Family = MetricObjectWithValues<MetricValue<string>>
/** Of a histogram each value says which series it belongs to. */
type Value = MetricValue<string> & { readonly metricName?: string }

/** Lays Prometheus' families out as go-metrics' summary: gauges, counters, and samples with count, sum and mean. */
export function summaryOf(families: readonly Family[], timeMs: number): MetricsSummary {
  const gauges: SummaryGauge[] = []
  const counters: SummaryCounter[] = []
  const samples: SummarySample[] = []
  for (const family of families) {
    const type = String(family.type)
    if (type === 'histogram') samples.push(...samplesOf(family))
    for (const { value, labels } of type === 'histogram' ? [] : family.values) {
      const named = { Name: family.name, Labels: labelsOf(labels) }
      if (type === 'counter') counters.push({ ...named, Count: value, Sum: value })
      else gauges.push({ ...named, Value: value })
    }
  }
  return { Timestamp: new Date(timeMs).toISOString(), Gauges: gauges, Points: [], Counters: counters, Samples: samples }
}

function samplesOf(family: Family): SummarySample[] {
  const values: readonly Value[] = family.values
  const counts = values.filter(({ metricName }) => metricName === `${family.name}_count`)
  return counts.map(({ value: count, labels }) => {
    const key = JSON.stringify(labels)
    const total = values.find(
      ({ metricName, labels: other }) => metricName === `${family.name}_sum` && JSON.stringify(other) === key,
    )
    const sum = total?.value ?? 0
    return { Name: family.name, Labels: labelsOf(labels), Count: count, Sum: sum, Mean: count === 0 ? 0 : sum / count }
  })
}

function labelsOf(labels: object): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
}
