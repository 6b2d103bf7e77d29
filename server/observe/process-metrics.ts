import { getHeapStatistics } from 'node:v8'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What the operating system and Node.js say of this process. Read when metrics are read. */
export function addProcessMetrics(registry: Registry, version: string): void {
  const registers = [registry]
  const info = new Gauge({
    name: 'egide_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers,
  })
  info.set({ version, node_version: process.versions.node }, 1)
  const started = new Gauge({
    name: 'egide_process_start_time_seconds',
    help: 'When this process began, in seconds since the epoch.',
    registers,
  })
  started.set(Math.round(Date.now() / 1000 - process.uptime()))
  addMemory(registers)
  new Counter({
    name: 'egide_process_cpu_seconds_total',
    help: 'Processor time used, by mode.',
    labelNames: ['mode'],
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc({ mode: 'user' }, user / 1e6)
      this.inc({ mode: 'system' }, system / 1e6)
    },
  })
}

function addMemory(registers: Registry[]): void {
  const kinds = { rss: 'resident', heapTotal: 'heap_total', heapUsed: 'heap_used', external: 'external' } as const
  new Gauge({
    name: 'egide_process_memory_bytes',
    help: 'Memory of this process, by kind; heap and external memory are parts of what is resident.',
    labelNames: ['kind'],
    registers,
    collect() {
      const usage = memoryUsage()
      for (const [key, kind] of Object.entries(kinds)) {
        const bytes = usage[key as keyof typeof kinds]
        if (bytes === undefined) this.remove({ kind })
        else this.set({ kind }, bytes)
      }
    },
  })
}

/** As process.memoryUsage. What is resident stands in a file on Linux, and is not known while no file can be opened. */
function memoryUsage(): Partial<NodeJS.MemoryUsage> {
  try {
    return process.memoryUsage()
  } catch {
    const heap = getHeapStatistics()
    return { heapTotal: heap.total_heap_size, heapUsed: heap.used_heap_size, external: heap.external_memory }
  }
}
