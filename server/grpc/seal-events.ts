import { create, toBinary } from '@bufbuild/protobuf'
import { type Server, type ServerWritableStream, status } from '@grpc/grpc-js'
import type { SealWatch } from './seal-watch.ts'

type Stream = ServerWritableStream<Buffer, Buffer>

interface SealEvent {
  readonly initialized: boolean
  readonly sealed: boolean
}

/**
 * Sys.SealEvents: the state of the seal now and at each change, for as long as somebody listens. Nobody's secret. What it
 * returns ends all of them.
 */
export function serveSealEvents(server: Server, seal: SealWatch): () => void {
  const streams = new Set<Stream>()
  const follow = (stream: Stream, encode: (event: SealEvent) => Buffer): void => {
    let told: SealEvent | undefined
    const tell = (): void => {
      const event = { initialized: seal.isInitialized, sealed: seal.isSealed }
      if (event.initialized === told?.initialized && event.sealed === told.sealed) return
      told = event
      stream.write(encode(event))
    }
    const unwatch = seal.watch(tell)
    stream.once('cancelled', unwatch)
    stream.on('error', unwatch)
    tell()
  }
  const serve = (stream: Stream): void => {
    const end = (): boolean => streams.delete(stream)
    streams.add(stream)
    stream.once('cancelled', end)
    stream.on('error', end)
    loadEncoder().then(
      (encode) => {
        if (streams.has(stream)) follow(stream, encode)
      },
      () => stream.emit('error', { code: status.INTERNAL, details: 'internal error' }),
    )
  }
  const same = (bytes: Buffer): Buffer => bytes
  server.register('/egide.v1.Sys/SealEvents', serve, same, same, 'serverStream')
  return () => {
    for (const stream of streams) stream.emit('error', { code: status.UNAVAILABLE, details: 'the server is stopping' })
  }
}

/** The descriptors of Sys are large: they are loaded when somebody listens. */
async function loadEncoder(): Promise<(event: SealEvent) => Buffer> {
  const { SysSealEventsResponseSchema } = await import('../../proto/gen/egide/v1/sys_pb.ts')
  return (event) => Buffer.from(toBinary(SysSealEventsResponseSchema, create(SysSealEventsResponseSchema, event)))
}
