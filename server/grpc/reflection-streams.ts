import { EgideError } from '../../engines/errors.ts'
import type { Handlers } from './handlers.ts'
import type { Messages } from './incoming.ts'
import { framed } from './message-reader.ts'
import type { Describe } from './reflection.ts'
import type { ServerCall } from './server-call.ts'
import { unread } from './streams.ts'
import type { Transcoder } from './transcode.ts'

/** What it is asked are the same messages under both names. */
const METHODS = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`)

/**
 * Lets clients ask what the server's messages look like. The descriptors of all services, and their index, are loaded when
 * the first one asks.
 */
export function serveReflection(handlers: Handlers, transcoder: Transcoder): void {
  let reflection: Promise<Describe> | undefined
  const open = async (): Promise<Describe> => {
    try {
      return await (await import('./reflection.ts')).openReflection()
    } catch (error) {
      reflection = undefined
      throw error
    }
  }
  const serve = async (call: ServerCall, messages: Messages, path: string): Promise<void> => {
    try {
      reflection ??= open()
      const describe = await reflection
      // Without that option the stream would be destroyed after the last question, and never ended.
      for await (const question of messages.iterator({ destroyOnReturn: false })) {
        if (!call.send(framed(answerTo(question, describe))) && !(await call.drained())) throw unread()
      }
      call.end({})
    } catch (error) {
      if (!call.cancelled) call.fail(transcoder.errorOf(error, '', path))
    }
  }
  for (const path of METHODS) handlers.many(path, (call, messages) => void serve(call, messages, path))
}

function answerTo(question: Buffer, describe: Describe): Buffer {
  try {
    return describe(question)
  } catch (cause) {
    throw new EgideError('invalid_request', 'the message is not what its type says', { cause })
  }
}
