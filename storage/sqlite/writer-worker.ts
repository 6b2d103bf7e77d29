import { parentPort, workerData } from 'node:worker_threads'
import { StorageError, type StorageErrorCode } from '../backend.ts'
import { openForWriting } from './connection.ts'
import { readError, storageError } from './errors.ts'
import { type GroupMessage, type PackedOutcome, packOutcome, unpackGroup } from './group-message.ts'
import { GroupWriter } from './group-writer.ts'
import { migrate } from './migrate.ts'

/** What the thread is started with, and then sent. One reply to each, in order; the first reply is to the start. */
export interface WriterStart {
  readonly path: string
  readonly checkpointPages: number | undefined
}
export type WriterRequest = GroupMessage | 'close'
export type WriterReply = readonly PackedOutcome[] | WriterFailure

/** A StorageError on its way between threads. */
export interface WriterFailure {
  readonly code: StorageErrorCode
  readonly message: string
  readonly cause: string
}

function failureOf({ code, message, cause }: StorageError): WriterFailure {
  return { code, message, cause: String(cause ?? message) }
}

async function open({ path, checkpointPages }: WriterStart): Promise<GroupWriter> {
  const db = openForWriting(path)
  try {
    await migrate(db)
    return new GroupWriter(db, { checkpointPages })
  } catch (error) {
    db.close()
    throw error
  }
}

async function main(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('this file is a worker thread of sqlite.ts')
  const reply = (message: WriterReply) => port.postMessage(message)
  let writer: GroupWriter
  try {
    writer = await open(workerData as WriterStart)
  } catch (error) {
    reply(failureOf(readError(error)))
    return
  }
  port.on('message', (request: WriterRequest) => {
    if (request === 'close') {
      writer.close()
      port.close()
      return
    }
    try {
      reply(writer.commit(unpackGroup(request)).map(packOutcome))
    } catch (error) {
      reply(failureOf(error instanceof StorageError ? error : storageError('unknown', error)))
    }
    writer.maintain()
  })
  reply([])
}

await main()
