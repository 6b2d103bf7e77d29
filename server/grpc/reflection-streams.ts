import type { Server, ServerDuplexStream } from '@grpc/grpc-js'
import { EgideError } from '../../engines/errors.ts'
import type { GrpcLimits } from './limits.ts'
import type { Describe } from './reflection.ts'
import { drained, failStream, unread } from './streams.ts'
import type { Transcoder } from './transcode.ts'

type Stream = ServerDuplexStream<Buffer, Buffer>

/** What it is asked are the same messages under both names. */
const METHODS = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`)

/**
 * Lets clients ask what the server's messages look like. The descriptors of all services, and their index, are loaded when
 * the first one asks.
 */
export function serveReflection(server: Server, transcoder: Transcoder, limits: GrpcLimits): void {
  let reflection: Promise<Describe> | undefined
  const open = async (): Promise<Describe> => (await import('./reflection.ts')).openReflection()
  const serve = async (stream: Stream, path: string): Promise<void> => {
    try {
      reflection ??= open()
      const describe = await reflection
      // Without that option the stream would be destroyed after the last question, and never ended.
      for await (const question of stream.iterator({ destroyOnReturn: false })) {
        if (!stream.write(answerTo(question, describe)) && !(await drained(stream, limits.stalledReaderMs)))
          throw unread()
      }
      stream.end()
    } catch (error) {
      if (!stream.cancelled) failStream(stream, transcoder.errorOf(error, '', path))
    }
  }
  const same = (bytes: Buffer): Buffer => bytes
  for (const path of METHODS) server.register(path, (stream: Stream) => void serve(stream, path), same, same, 'bidi')
}

function answerTo(question: Buffer, describe: Describe): Buffer {
  try {
    return describe(question)
  } catch (cause) {
    throw new EgideError('invalid_request', 'the message is not what its type says', { cause })
  }
}
