import type { Log } from '../../engines/engine.ts'
import { addressText } from '../config/addresses.ts'
import type { GrpcListenerConfig } from '../config/types.ts'
import { DEFAULT_GRPC_LIMITS } from '../grpc/limits.ts'
import type { SealWatch } from '../grpc/seal-watch.ts'
import type { GrpcServices } from '../grpc/transcode.ts'
import { Certificates } from './certificates.ts'
import { ListenError, reasonOf } from './errors.ts'
import { type GrpcService, GrpcSocket } from './grpc-socket.ts'

interface Open {
  readonly socket: GrpcSocket
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
    return this.#open.reduce((sum, { socket }) => sum + socket.connections, 0)
  }

  /** SIGHUP: reads certificates again. False if a pair was not usable and the old one stays; that is logged. */
  reload(): boolean {
    return this.#open.map(({ certificates }) => certificates?.reload() ?? true).every((isFresh) => isFresh)
  }

  async close(graceMs: number): Promise<void> {
    for (const { certificates } of this.#open) certificates?.unwatch()
    await Promise.all(this.#open.map(({ socket }) => socket.close(graceMs)))
  }
}

/**
 * Opens all of them, or none: throws ListenError naming the address that can't be listened at. One that nobody asked for
 * is done without.
 */
export async function openGrpcListeners(
  configs: readonly GrpcListenerConfig[],
  services: GrpcServices,
  seal: SealWatch,
  log: Log,
): Promise<GrpcListeners> {
  const open: Open[] = []
  try {
    for (const config of configs) {
      try {
        open.push(await openOne(config, services, seal, log))
      } catch (error) {
        if (config.isOptional !== true || !(error instanceof ListenError)) throw error
        log.warn({ reason: error.message }, 'gRPC is not served')
      }
    }
  } catch (error) {
    await new GrpcListeners(open).close(0)
    throw error
  }
  return new GrpcListeners(open)
}

async function openOne(config: GrpcListenerConfig, services: GrpcServices, seal: SealWatch, log: Log): Promise<Open> {
  const certificates = config.tls && new Certificates(config.tls, log)
  const limits = DEFAULT_GRPC_LIMITS
  const load = async (): Promise<GrpcService> => {
    const { GrpcServer } = await import('../grpc/server.ts')
    return new GrpcServer({ services, limits, seal, isTls: certificates !== undefined })
  }
  const socket = new GrpcSocket(load, limits, certificates?.options)
  const place = addressText(config)
  try {
    await socket.listen(config.host, config.port)
  } catch (error) {
    certificates?.unwatch()
    throw new ListenError(`can't listen at ${place}: ${reasonOf(error)}`, { cause: error })
  }
  socket.server.on('error', (error) => log.error({ address: place, error: String(error) }, 'a listener had an error'))
  certificates?.watch((context) => socket.setSecureContext(context))
  if (config.isOptional !== true) await socket.service()
  const address = socket.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = config.host === '' ? '0.0.0.0' : config.host
  const url = `grpc${certificates === undefined ? '' : 's'}://${addressText({ host, port })}`
  return { socket, certificates, url }
}
