import { hostname } from 'node:os'
import type { ServerConfig, StorageConfig } from '../config/types.ts'
import type { Member } from '../workers/member.ts'
import type { VaultParts } from './vault.ts'

/** What this process is called among those that share a storage. The first worker has the name of a server of one process. */
export function nodeOf(
  storage: StorageConfig,
  member: Member | undefined,
  addresses: () => readonly string[],
): VaultParts['node'] {
  if (storage.type !== 'postgresql' && member === undefined) return undefined
  return () => {
    // Where it listens tells apart the nodes of one machine.
    const server = storage.type === 'postgresql' ? (storage.nodeId ?? nodeIdAt(addresses())) : undefined
    const worker = member?.worker ?? 1
    const process = (alone: string) => (worker === 1 ? (server ?? alone) : `${server ?? alone}/worker-${worker}`)
    return { process, server }
  }
}

/** As they are written, which is known before a worker listens. */
export function configuredAddresses({ listeners }: ServerConfig): readonly string[] {
  return listeners.map((listener) =>
    listener.type === 'unix' ? listener.socketPath : `${listener.host}:${listener.port}`,
  )
}

/** The same after a restart, and of this process alone among those that share a storage. */
function nodeIdAt(addresses: readonly string[]): string {
  return `${hostname()}/${(addresses[0] ?? '').replace(/^\w+:\/\//, '')}`
}
