import path from 'node:path'
import { hostAndPort, NO_ADDRESS } from '../config/addresses.ts'
import type { Preset } from '../config/load.ts'
import { ConfigError, type ServerConfig } from '../config/types.ts'

/** Where gRPC is served: an address; undefined: beside the HTTP API if that port is free; 'off'. */
export type GrpcChoice = string | undefined

/** The flags that name addresses. */
interface AddressFlags {
  readonly listen: string
  readonly grpc: string
}

/** Throws ConfigError, which names the flag: nobody wrote the text that is made of it. */
function listeners(flags: AddressFlags, listenAddress: string, grpc: GrpcChoice): object[] {
  const tcp = { tcp: { address: checked(flags.listen, listenAddress), tls_disable: true } }
  if (grpc === undefined || grpc === 'off') return [tcp]
  return [tcp, { grpc: { address: checked(flags.grpc, grpc), tls_disable: true } }]
}

function checked(flag: string, address: string): string {
  if (hostAndPort(address) === undefined) throw new ConfigError(`${flag} ${NO_ADDRESS}`)
  return address
}

const PORT_MAX = 65_535

/** With gRPC at the port after that of the HTTP API, unless something was said of it. */
export function withGrpc(config: ServerConfig, grpc: GrpcChoice): ServerConfig {
  const [listener] = config.listeners
  if (grpc !== undefined || config.grpcListeners.length > 0 || listener?.type !== 'tcp') return config
  if (listener.tls !== undefined || listener.port === PORT_MAX) return config
  const port = listener.port === 0 ? 0 : listener.port + 1
  return { ...config, grpcListeners: [{ type: 'grpc', host: listener.host, port, tls: undefined, isOptional: true }] }
}

/** A server that keeps everything in memory. Throws ConfigError for what is no address. */
export function devPreset(listenAddress: string, grpc: GrpcChoice): Preset {
  return {
    name: '-dev',
    text: JSON.stringify({
      storage: { inmem: {} },
      listener: listeners({ listen: '-dev-listen-address', grpc: '-dev-grpc-address' }, listenAddress, grpc),
    }),
  }
}

/** A server that keeps everything below one folder, every request recorded. Throws ConfigError for what is no address. */
export function startPreset(folder: string, listenAddress: string, grpc: GrpcChoice): Preset {
  const audit = { type: 'file', path: 'file', options: { file_path: path.join(folder, 'audit', 'audit.log') } }
  return {
    name: 'egide start',
    text: JSON.stringify({
      storage: { sqlite: { path: path.join(folder, 'egide.db') } },
      listener: listeners({ listen: '-listen', grpc: '-grpc' }, listenAddress, grpc),
      audit: [{ file: { file: { description: 'made by egide start', options: audit.options } } }],
    }),
  }
}
