import { create, toBinary } from '@bufbuild/protobuf'
import { failure, GRPC } from './codes.ts'
import type { Handlers } from './handlers.ts'
import { framed } from './message-reader.ts'
import type { SealFollowers } from './seal-followers.ts'
import type { SealWatch } from './seal-watch.ts'

interface SealEvent {
  readonly initialized: boolean
  readonly sealed: boolean
}

/** Sys.SealEvents: the state of the seal now and at each change, for as long as somebody listens. Nobody's secret. */
export function serveSealEvents(handlers: Handlers, seal: SealWatch, followers: SealFollowers): void {
  handlers.one('/egide.v1.Sys/SealEvents', (call) => {
    loadEncoder().then(
      (encode) => followers.add(call, () => encode({ initialized: seal.isInitialized, sealed: seal.isSealed })),
      () => call.fail(failure(GRPC.INTERNAL, 'internal error')),
    )
  })
}

/** The descriptors of Sys are large: they are loaded when somebody listens. */
async function loadEncoder(): Promise<(event: SealEvent) => Buffer> {
  const { SysSealEventsResponseSchema } = await import('../../proto/gen/egide/v1/sys_pb.ts')
  return (event) => framed(toBinary(SysSealEventsResponseSchema, create(SysSealEventsResponseSchema, event)))
}
