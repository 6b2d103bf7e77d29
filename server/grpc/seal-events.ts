import { create, toBinary } from '@bufbuild/protobuf'
import { type Server, type ServerWritableStream, status } from '@grpc/grpc-js'
import { Sys, SysSealEventsResponseSchema } from '../../proto/gen/egide/v1/sys_pb.ts'
import type { SealWatch } from './seal-watch.ts'

type Stream = ServerWritableStream<Buffer, Buffer>

/**
 * Sys.SealEvents: the state of the seal now and at each change, for as long as somebody listens. Nobody's secret. What it
 * returns ends all of them.
 */
export function serveSealEvents(server: Server, seal: SealWatch): () => void {
  const streams = new Set<Stream>()
  const serve = (stream: Stream): void => {
    let told: { readonly initialized: boolean; readonly sealed: boolean } | undefined
    const tell = (): void => {
      const event = { initialized: seal.isInitialized, sealed: seal.isSealed }
      if (event.initialized === told?.initialized && event.sealed === told.sealed) return
      told = event
      stream.write(Buffer.from(toBinary(SysSealEventsResponseSchema, create(SysSealEventsResponseSchema, event))))
    }
    const unwatch = seal.watch(tell)
    const end = (): void => {
      unwatch()
      streams.delete(stream)
    }
    streams.add(stream)
    stream.once('cancelled', end)
    stream.on('error', end)
    tell()
  }
  const same = (bytes: Buffer): Buffer => bytes
  server.register(`/${Sys.typeName}/SealEvents`, serve, same, same, 'serverStream')
  return () => {
    for (const stream of streams) stream.emit('error', { code: status.UNAVAILABLE, details: 'the server is stopping' })
  }
}
