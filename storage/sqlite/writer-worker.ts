import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { StorageError, type StorageErrorCode, type Transaction } from '../backend.ts'
import { openForWriting } from './connection.ts'
import { readError, storageError } from './errors.ts'
import { type GroupMessage, type PackedOutcome, packOutcome, unpackGroup } from './group-message.ts'
import { GroupWriter } from './group-writer.ts'
import { migrate } from './migrate.ts'

/**
 * What the thread is started with, and then sent. One reply to each, in order, of which a message back holds one or more;
 * the first reply is to the start.
 */
export interface WriterStart {
  readonly path: string
  readonly checkpointPages: number | undefined
}
export type WriterRequest = GroupMessage | Order
/** `replace`: the groups that follow are entries in the place of all there are, until they are `replaced` or it is given up. */
type Order = 'replace' | 'replaced' | 'abandon' | 'close'
export type WriterReply = readonly PackedOutcome[] | WriterFailure

/** Groups that came while one was committed are committed together, until they have so many transactions. */
const TOGETHER_MAX = 512

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

/** Takes the groups at the front of what has come, `first` among it, into `groups`; gives back what stands behind them. */
function takeGroups(port: MessagePort, first: WriterRequest, groups: Transaction[][]): Order | undefined {
  let count = 0
  let next: WriterRequest | undefined = first
  while (next !== undefined && typeof next !== 'string') {
    const group = unpackGroup(next)
    groups.push(group)
    count += group.length
    next = count < TOGETHER_MAX ? receiveMessageOnPort(port)?.message : undefined
  }
  return next
}

/** A reply for each. */
function commitTogether(writer: GroupWriter, groups: readonly Transaction[][]): WriterReply[] {
  try {
    const outcomes = writer.commit(groups.flat()).map(packOutcome)
    return groups.map((group) => outcomes.splice(0, group.length))
  } catch (error) {
    return groups.map(() => failed(error))
  }
}

function answer(writer: GroupWriter, request: Exclude<WriterRequest, 'close'>): WriterReply {
  try {
    if (request === 'replace') writer.beginReplacement()
    else if (request === 'abandon') writer.abandonReplacement()
    else if (request === 'replaced') return [writer.endReplacement()]
    else for (const { writes } of unpackGroup(request)) writer.replacement?.add(writes)
    return []
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): WriterFailure {
  return failureOf(error instanceof StorageError ? error : storageError('unknown', error))
}

async function main(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('this file is a worker thread of sqlite.ts')
  const reply = (...replies: WriterReply[]) => port.postMessage(replies)
  let writer: GroupWriter
  try {
    writer = await open(workerData as WriterStart)
  } catch (error) {
    reply(failureOf(readError(error)))
    return
  }
  port.on('message', (first: WriterRequest) => {
    const groups: Transaction[][] = []
    const request = writer.replacement === undefined ? takeGroups(port, first, groups) : first
    if (groups.length > 0) reply(...commitTogether(writer, groups))
    if (request === 'close') {
      writer.close()
      port.close()
      return
    }
    if (request !== undefined) reply(answer(writer, request))
    writer.maintain()
  })
  reply([])
}

await main()
