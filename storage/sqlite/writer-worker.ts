import { parentPort, workerData } from 'node:worker_threads'
import { type Outcome, StorageError, type StorageErrorCode } from '../backend.ts'
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
export type WriterRequest = GroupMessage | Order
/** `replace`: the groups that follow are entries in the place of all there are, until they are `replaced` or it is given up. */
type Order = 'replace' | 'replaced' | 'abandon' | 'close'
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

function answer(writer: GroupWriter, request: Exclude<WriterRequest, 'close'>): readonly Outcome[] {
  const { replacement } = writer
  if (request === 'replace') writer.beginReplacement()
  else if (request === 'abandon') writer.abandonReplacement()
  else if (request === 'replaced') return [{ kind: 'committed', revision: writer.endReplacement() }]
  else if (replacement === undefined) return writer.commit(unpackGroup(request))
  else for (const { writes } of unpackGroup(request)) replacement.add(writes)
  return []
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
      reply(answer(writer, request).map(packOutcome))
    } catch (error) {
      reply(failureOf(error instanceof StorageError ? error : storageError('unknown', error)))
    }
    writer.maintain()
  })
  reply([])
}

await main()
