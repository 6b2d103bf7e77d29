import { create, toBinary } from '@bufbuild/protobuf'
import type { Server, ServerWritableStream } from '@grpc/grpc-js'
import { Sys, SysSealEventsResponseSchema } from '../../proto/gen/egide/v1/sys_pb.ts'
import type { SealWatch } from './seal-watch.ts'

/** Sys.SealEvents: the state of the seal now and at each change, for as long as somebody listens. Nobody's secret. */
export function serveSealEvents(server: Server, seal: SealWatch): void {
  const serve = (stream: ServerWritableStream<Buffer, Buffer>): void => {
    const tell = (): void => {
      const event = { initialized: seal.isInitialized, sealed: seal.isSealed }
      stream.write(Buffer.from(toBinary(SysSealEventsResponseSchema, create(SysSealEventsResponseSchema, event))))
    }
    const end = seal.watch(tell)
    stream.once('cancelled', end)
    stream.on('error', end)
    tell()
  }
  const same = (bytes: Buffer): Buffer => bytes
  server.register(`/${Sys.typeName}/SealEvents`, serve, same, same, 'serverStream')
}
