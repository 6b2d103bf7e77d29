import path from 'node:path'
import type { Preset } from '../config/load.ts'

/** A server that keeps everything in memory. */
export function devPreset(listenAddress: string): Preset {
  return {
    name: '-dev',
    text: JSON.stringify({
      storage: { inmem: {} },
      listener: [{ tcp: { address: listenAddress, tls_disable: true } }],
    }),
  }
}

/** A server that keeps everything below one folder, every request recorded. */
export function startPreset(folder: string, listenAddress: string): Preset {
  const audit = { type: 'file', path: 'file', options: { file_path: path.join(folder, 'audit', 'audit.log') } }
  return {
    name: 'egide start',
    text: JSON.stringify({
      storage: { sqlite: { path: path.join(folder, 'egide.db') } },
      listener: [{ tcp: { address: listenAddress, tls_disable: true } }],
      audit: [{ file: { file: { description: 'made by egide start', options: audit.options } } }],
    }),
  }
}
