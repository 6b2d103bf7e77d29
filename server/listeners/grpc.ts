import type { Log } from '../../engines/engine.ts'
import type { GrpcListenerConfig } from '../config/types.ts'
import { DEFAULT_GRPC_LIMITS } from '../grpc/limits.ts'
import type { SealWatch } from '../grpc/seal-watch.ts'
import { GrpcServer } from '../grpc/server.ts'
import type { GrpcServices } from '../grpc/transcode.ts'
import { Certificates } from './certificates.ts'
import { ListenError, reasonOf } from './errors.ts'

interface Open {
  readonly server: GrpcServer
  readonly certificates: Certificates | undefined
  readonly url: string
}

/** The open gRPC listeners of a server. */
export class GrpcListeners {
  readonly #open: readonly Open[]

  constructor(open: readonly Open[]) {
    this.#open = open
  }

  get addresses(): readonly string[] {
    return this.#open.map(({ url }) => url)
  }

  get connections(): number {
    return this.#open.reduce((sum, { server }) => sum + server.connections, 0)
  }

  /** SIGHUP: reads certificates again. A pair that is not usable leaves the old one in use; that is logged. */
  reload(): void {
    for (const { certificates } of this.#open) certificates?.reload()
  }

  async close(graceMs: number): Promise<void> {
    for (const { certificates } of this.#open) certificates?.unwatch()
    await Promise.all(this.#open.map(({ server }) => server.close(graceMs)))
  }
}

/** Opens all of them, or none: throws ListenError naming the address that can't be listened at. */
export async function openGrpcListeners(
  configs: readonly GrpcListenerConfig[],
  services: GrpcServices,
  seal: SealWatch,
  log: Log,
): Promise<GrpcListeners> {
  const open: Open[] = []
  try {
    for (const config of configs) open.push(await openOne(config, services, seal, log))
  } catch (error) {
    await new GrpcListeners(open).close(0)
    throw error
  }
  return new GrpcListeners(open)
}

async function openOne(config: GrpcListenerConfig, services: GrpcServices, seal: SealWatch, log: Log): Promise<Open> {
  const certificates = config.tls && new Certificates(config.tls, log)
  const server = new GrpcServer({ services, limits: DEFAULT_GRPC_LIMITS, seal, tls: certificates?.options })
  const place = `${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`
  try {
    await server.listen(config.host, config.port)
  } catch (error) {
    certificates?.unwatch()
    throw new ListenError(`can't listen at ${place}: ${reasonOf(error)}`, { cause: error })
  }
  server.socket.on('error', (error) => log.error({ address: place, error: String(error) }, 'a listener had an error'))
  certificates?.watch((context) => server.setSecureContext(context))
  const address = server.socket.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = config.host === '' ? '0.0.0.0' : config.host
  return { server, certificates, url: `grpc${certificates === undefined ? '' : 's'}://${host}:${port}` }
}
