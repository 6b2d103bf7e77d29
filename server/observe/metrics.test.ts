import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Changes } from '../../storage/backend.ts'
import { type Fate, FaultyBackend } from '../../storage/faulty.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import type { StoreStats } from '../../storage/sealed-store.ts'
import { type MetricSources, Metrics } from './metrics.ts'
import { ObservedBackend } from './observed-backend.ts'

const stats: StoreStats = {
  cacheHits: 10,
  cacheMisses: 3,
  cacheEntries: 7,
  cacheBytes: 700,
  commits: 5,
  transactions: 12,
  waiting: 0,
  conflicts: 2,
}

function sourcesOf(stores: readonly StoreStats[] = [stats, { ...stats, cacheHits: 1 }]): MetricSources {
  return {
    version: '1.2.3',
    isSealed: () => false,
    isInitialized: () => true,
    requestsInFlight: () => 4,
    requestsRefused: () => 5,
    connections: () => 9,
    stores: () => stores,
    logStreams: () => 1,
    clockAheadMs: () => -1500,
    figures: async () => [{ name: 'pki_stored_certificates', mount: 'pki/', value: 12 }],
  }
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Prometheus' text format, read strictly: https://prometheus.io/docs/instrumenting/exposition_formats. */
function parsed(text: string): Sample[] {
  const declared = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    if (comment !== null) {
      declared.add(`${comment[1]} ${comment[2]}`)
      continue
    }
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (found === null) throw new Error(`not a sample: ${line}`)
    const [, name = '', labels = '', value = ''] = found
    const family = name.replace(/_(bucket|sum|count)$/, '')
    if (!declared.has(`TYPE ${family}`) && !declared.has(`TYPE ${name}`)) throw new Error(`no TYPE of ${name}`)
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g)]
    samples.push({
      name,
      labels: Object.fromEntries(pairs.map(([, label, text]) => [label, text])),
      value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    })
  }
  return samples
}

async function valuesOf(metrics: Metrics) {
  const samples = parsed(await metrics.render())
  return (name: string, labels: Record<string, string> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value
}

test('docs/observability.md names each metric, and no other', async () => {
  const text = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8')
  const documented = new Set(text.match(/\begide_[a-z_]+/g))
  const families = [...(await new Metrics(sourcesOf()).render()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
  expect([...documented].sort()).toEqual(families.sort())
})

test('requests are counted by mount type, operation and class of status', async () => {
  const metrics = new Metrics(sourcesOf())
  metrics.request('read', 'kv', 200, 0.0004)
  metrics.request('read', 'kv', 204, 0.04)
  metrics.request('read', 'kv', 404, 0.001)
  metrics.request('list', '', 503, 2)
  const value = await valuesOf(metrics)
  const kv = { mount_type: 'kv', operation: 'read', status: '2xx' }
  expect(value('egide_request_seconds_count', kv)).toBe(2)
  expect(value('egide_request_seconds_sum', kv)).toBeCloseTo(0.0404)
  expect(value('egide_request_seconds_bucket', { ...kv, le: '0.0005' })).toBe(1)
  expect(value('egide_request_seconds_bucket', { ...kv, le: '+Inf' })).toBe(2)
  expect(value('egide_request_seconds_count', { mount_type: 'kv', status: '4xx' })).toBe(1)
  expect(value('egide_request_seconds_count', { mount_type: 'none', operation: 'list', status: '5xx' })).toBe(1)
})

test('mount types past the bound share one series', async () => {
  const metrics = new Metrics(sourcesOf())
  for (let n = 0; n < 500; n++) metrics.request('read', `type-${n}`, 200, 0.001)
  const samples = parsed(await metrics.render()).filter(({ name }) => name === 'egide_request_seconds_count')
  expect(samples).toHaveLength(101)
  expect(samples.find(({ labels }) => labels.mount_type === 'other')?.value).toBe(400)
})

test('everything that the server keeps is there', async () => {
  const metrics = new Metrics(sourcesOf())
  metrics.tokenCreated('service')
  metrics.tokenEnded('expired')
  metrics.leaseCreated('database')
  metrics.leaseEnded('revoked')
  metrics.auditFailed('file/')
  metrics.commit(3, 0.002)
  const value = await valuesOf(metrics)
  expect(value('egide_sealed')).toBe(0)
  expect(value('egide_initialized')).toBe(1)
  expect(value('egide_requests_in_flight')).toBe(4)
  expect(value('egide_connections')).toBe(9)
  expect(value('egide_tokens_created_total', { type: 'service' })).toBe(1)
  expect(value('egide_tokens_ended_total', { how: 'expired' })).toBe(1)
  expect(value('egide_leases_created_total', { mount_type: 'database' })).toBe(1)
  expect(value('egide_leases_ended_total', { how: 'revoked' })).toBe(1)
  expect(value('egide_audit_failures_total', { device: 'file/' })).toBe(1)
  expect(value('egide_storage_commit_transactions_sum')).toBe(3)
  expect(value('egide_storage_commit_seconds_count')).toBe(1)
  expect(value('egide_cache_hits_total')).toBe(11)
  expect(value('egide_cache_bytes')).toBe(1400)
  expect(value('egide_storage_commits_total')).toBe(5)
  expect(value('egide_storage_conflicts_total')).toBe(4)
  expect(value('egide_process_memory_bytes', { kind: 'resident' })).toBeGreaterThan(1e7)
  expect(value('egide_process_cpu_seconds_total', { mode: 'user' })).toBeGreaterThan(0)
  expect(value('egide_build_info', { version: '1.2.3' })).toBe(1)
})

test('a process that can open no more files tells all but its resident memory', async () => {
  const metrics = new Metrics(sourcesOf())
  await metrics.render()
  const full = vi.spyOn(process, 'memoryUsage').mockImplementation(() => {
    throw Object.assign(new Error('EMFILE: too many open files, uv_resident_set_memory'), { code: 'EMFILE' })
  })
  const value = await valuesOf(metrics).finally(() => full.mockRestore())
  expect(value('egide_process_memory_bytes', { kind: 'resident' })).toBeUndefined()
  for (const kind of ['heap_total', 'heap_used', 'external'])
    expect(value('egide_process_memory_bytes', { kind })).toBeGreaterThan(0)
  expect(value('egide_connections')).toBe(9)
})

test('reading twice counts nothing twice, and a sealed server has figures too', async () => {
  const metrics = new Metrics(sourcesOf([]))
  await metrics.render()
  const value = await valuesOf(metrics)
  expect(value('egide_cache_hits_total')).toBe(0)
  expect(value('egide_storage_commits_total')).toBe(0)
})

test('a blocked event loop shows', async () => {
  const metrics = new Metrics(sourcesOf())
  metrics.start()
  await sleep(30)
  const until = performance.now() + 80
  while (performance.now() < until);
  await sleep(30)
  const value = await valuesOf(metrics)
  metrics.stop()
  expect(value('egide_event_loop_delay_seconds', { quantile: '1' })).toBeGreaterThan(0.05)
})

test("the summary has go-metrics' shape", async () => {
  const metrics = new Metrics(sourcesOf())
  metrics.request('read', 'kv', 200, 0.25)
  metrics.request('read', 'kv', 200, 0.75)
  const summary = await metrics.summary(0)
  expect(summary.Timestamp).toBe('1970-01-01T00:00:00.000Z')
  expect(summary.Points).toEqual([])
  expect(summary.Gauges).toContainEqual({ Name: 'egide_connections', Value: 9, Labels: {} })
  expect(summary.Counters).toContainEqual({ Name: 'egide_cache_misses_total', Count: 6, Sum: 6, Labels: {} })
  expect(summary.Samples).toContainEqual({
    Name: 'egide_request_seconds',
    Labels: { mount_type: 'kv', operation: 'read', status: '2xx' },
    Count: 2,
    Sum: 1,
    Mean: 0.5,
  })
})

test('a backend tells of each commit, the failed ones too, and passes everything on', async () => {
  let now = 0
  const told: [number, number][] = []
  const memory = new MemoryBackend()
  const observer = {
    commit: (transactions: number, seconds: number) => void told.push([transactions, seconds]),
    look: () => {},
    storageFailed: () => {},
    undone: () => {},
  }
  const backend = new ObservedBackend(memory, observer, () => (now += 500))
  const write = (path: string) => ({ reads: [], lists: [], writes: [{ path, value: Buffer.from('v') }] })
  const outcomes = await backend.commit([write('a/b'), write('c')])
  expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'committed'])
  expect(await backend.readIndex()).toBe(2)
  expect((await backend.get(['c']))[0]?.revision).toBe(2)
  expect((await backend.list('', { recursive: false, after: '', limit: 10 })).names).toEqual(['a/', 'c'])
  expect(await backend.changes(1)).toMatchObject({ kind: 'paths', paths: ['c'] })
  expect(await backend.due(1, 10)).toEqual([])
  expect(backend.lastCommitMs).toBe(500)
  await backend.close()
  await expect(backend.commit([write('d')])).rejects.toThrow()
  expect(told).toEqual([
    [2, 0.5],
    [1, 0.5],
  ])
})

test('what storage fails is counted by kind, what its callers do wrong is not', async () => {
  const metrics = new Metrics(sourcesOf())
  const failing = (fate: Fate) => new ObservedBackend(new FaultyBackend(new MemoryBackend(), 1, fate), metrics, () => 0)
  const write = { reads: [], lists: [], writes: [{ path: 'a', value: Buffer.from('v') }] }
  for (const fate of ['refused', 'applied, reply lost'] as const) {
    await expect(failing(fate).commit([write])).rejects.toThrow()
  }
  const unreadable = failing('unreadable')
  expect(() => unreadable.get(['a'])).toThrow()
  expect(() => unreadable.get([])).toThrow('1 to 1000 paths')
  const counted = [...(await metrics.render()).matchAll(/^egide_storage_failures_total\{code="(\w+)"\} (\d+)$/gm)]
  expect(counted.map(([, code, count]) => `${code} ${count}`)).toEqual(['refused 1', 'unknown 1', 'unavailable 1'])
})

test('a look across a network is timed', async () => {
  const metrics = new Metrics(sourcesOf())
  let now = 0
  const remote = Object.assign(new MemoryBackend(), {
    look: async (since: number): Promise<Changes> => ({ kind: 'resync', revision: since }),
  })
  const backend = new ObservedBackend(remote, metrics, () => (now += 500))
  expect(await backend.look?.(3)).toEqual({ kind: 'resync', revision: 3 })
  expect(await metrics.render()).toMatch(/^egide_storage_look_seconds_sum 0\.5$/m)
  expect(await metrics.render()).not.toContain('code="undone"')
  remote.look = async (since) => ({ kind: 'resync', revision: since, isUndone: true })
  await new ObservedBackend(remote, metrics, () => 0).look?.(3)
  expect(await metrics.render()).toMatch(/^egide_storage_failures_total\{code="undone"\} 1$/m)
  expect(new ObservedBackend(new MemoryBackend(), metrics, () => 0).look).toBe(undefined)
})
