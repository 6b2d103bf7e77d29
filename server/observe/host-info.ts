import { readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import type { Clock } from '../../engines/engine.ts'
import type { HostReport } from '../../engines/system/services/operations.ts'

/**
 * What this machine is, by the names that gopsutil gave Vault's answer. Everything is looked at on its own: what can't be
 * learnt is a warning, and the rest is still told.
 */
export async function hostReport(clock: Clock): Promise<HostReport> {
  const warnings: string[] = []
  const look = async <T>(what: string, at: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await at()
    } catch {
      warnings.push(`${what} could not be learnt on this machine`)
      return null
    }
  }
  const info = {
    timestamp: new Date(clock.now()).toISOString(),
    cpu: await look('cpu', processors),
    cpu_times: await look('cpu_times', processorTimes),
    disk: await look('disk', () => disks((path) => warnings.push(`disk: ${path} could not be looked at`))),
    host: await look('host', () => host(clock)),
    memory: await look('memory', memory),
  }
  return { info, warnings }
}

function processors(): object[] {
  return os.cpus().map(({ model, speed }, cpu) => ({ cpu, modelName: model, mhz: speed, cores: 1 }))
}

/** Seconds. */
function processorTimes(): object[] {
  return os.cpus().map(({ times }, at) => ({
    cpu: `cpu${at}`,
    user: times.user / 1000,
    system: times.sys / 1000,
    idle: times.idle / 1000,
    nice: times.nice / 1000,
    irq: times.irq / 1000,
  }))
}

async function host(clock: Clock): Promise<object> {
  const uptime = Math.floor(os.uptime())
  const linux = os.platform() === 'linux' ? await distribution() : undefined
  return {
    hostname: os.hostname(),
    uptime,
    bootTime: Math.floor(clock.now() / 1000) - uptime,
    os: os.platform(),
    platform: linux?.id ?? os.platform(),
    platformVersion: linux?.version ?? '',
    kernelVersion: os.release(),
    kernelArch: os.machine(),
  }
}

/** Distributions without the file exist; then its names are unknown. */
async function distribution(): Promise<{ id: string; version: string } | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1]
  const id = value('ID')
  return id === undefined ? undefined : { id, version: value('VERSION_ID') ?? '' }
}

async function memory(): Promise<object> {
  const total = os.totalmem()
  const lines = os.platform() === 'linux' ? await readFile('/proc/meminfo', 'utf8') : ''
  const bytes = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(lines)?.[1]
    return kib === undefined ? undefined : Number(kib) * 1024
  }
  const free = bytes('MemFree') ?? os.freemem()
  const available = bytes('MemAvailable') ?? free
  const used = total - available
  return {
    total,
    available,
    used,
    usedPercent: (used / total) * 100,
    free,
    ...known({
      buffers: bytes('Buffers'),
      cached: bytes('Cached'),
      swapTotal: bytes('SwapTotal'),
      swapFree: bytes('SwapFree'),
    }),
  }
}

function known(values: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

async function disks(onFailure: (path: string) => void): Promise<object[]> {
  const found: object[] = []
  for (const { path, fstype } of await mountPoints()) {
    try {
      found.push({ path, fstype, ...(await usageOf(path)) })
    } catch {
      onFailure(path)
    }
  }
  return found
}

/** File systems on a device; elsewhere than on Linux the root alone. */
async function mountPoints(): Promise<{ path: string; fstype: string }[]> {
  if (os.platform() !== 'linux') return [{ path: '/', fstype: '' }]
  const byDevice = new Map<string, { path: string; fstype: string }>()
  for (const line of (await readFile('/proc/self/mounts', 'utf8')).split('\n')) {
    const [device = '', path = '', fstype = ''] = line.split(' ')
    // The kernel writes a space within a path as \040.
    const plain = path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    if (device.startsWith('/dev/') && !byDevice.has(device)) byDevice.set(device, { path: plain, fstype })
  }
  return byDevice.size === 0 ? [{ path: '/', fstype: '' }] : [...byDevice.values()]
}

async function usageOf(path: string): Promise<object> {
  const { bsize, blocks, bavail, bfree, files, ffree } = await statfs(path)
  const used = (blocks - bfree) * bsize
  const free = bavail * bsize
  return {
    total: blocks * bsize,
    free,
    used,
    usedPercent: used + free === 0 ? 0 : (used / (used + free)) * 100,
    inodesTotal: files,
    inodesFree: ffree,
  }
}
