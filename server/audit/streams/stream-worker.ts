import type { KeyObject } from 'node:crypto'
import type { MessagePort } from 'node:worker_threads'
import type { Clock, Random } from '../../../engines/engine.ts'
import { FileOutput, type FileOutputOptions } from '../outputs/file.ts'
import { OutputError } from '../outputs/output.ts'
import { ShorthandReader } from '../records/shorthand.ts'
import type { StoredCheckpoint } from './evidence.ts'
import { Stream } from './stream.ts'

/** What the thread is started with. */
export interface StreamStart {
  readonly chainKey: Uint8Array<ArrayBuffer>
  readonly salt: Uint8Array<ArrayBuffer>
  /** Of the `ShorthandWriter`. */
  readonly memory: SharedArrayBuffer
  readonly signing: KeyObject
  readonly verifying: KeyObject
  readonly keyId: string
  readonly device: string
  readonly node: string
  readonly prefix: string
  readonly file: FileOutputOptions
}

/** A call of the stream; each is answered by a `Done`, in order. `dropped`: since the call before. */
export type Call =
  | { readonly kind: 'write'; readonly dropped: number; readonly lines: string; readonly slot: number }
  | { readonly kind: 'open' | 'tick' | 'checkpoint' | 'reopen' | 'close'; readonly dropped: number }

/** An error on its way between threads, and what it loses there. */
export interface Failure {
  readonly error: unknown
  /** Of an error of the operating system. */
  readonly system?: SystemError | undefined
  /** It is an OutputError. */
  readonly isTold?: boolean
  /** Of a refusal of evidence: the `id` of the call, whose error the other side has. */
  readonly refused?: number | undefined
}

/** `error` undefined: it was done. */
export type Done = { readonly kind: 'done' } & Failure

interface SystemError {
  readonly code: string
  readonly syscall: string
}

/** What the thread asks for: its evidence lies in a storage that it has no part in. */
export type EvidenceCall =
  | { readonly kind: 'load'; readonly id: number }
  | { readonly kind: 'save'; readonly id: number; readonly checkpoint: StoredCheckpoint }
export interface EvidenceReply {
  readonly kind: 'evidence'
  readonly id: number
  readonly stored: StoredCheckpoint | undefined
  readonly isRefused: boolean
}

export type ToThread = Call | EvidenceReply | { readonly kind: 'give-up' }
export type FromThread = Done | EvidenceCall | ({ readonly kind: 'evidence-failed' } & Failure)

class EvidenceRefused extends Error {
  readonly id: number
  constructor(id: number) {
    super('the evidence was refused')
    this.id = id
  }
}

/** The evidence keeper as the thread sees it. */
class RemoteEvidence {
  readonly #send: (message: FromThread) => void
  readonly #waiting = new Map<number, PromiseWithResolvers<StoredCheckpoint | undefined>>()
  #last = 0

  constructor(send: (message: FromThread) => void) {
    this.#send = send
  }

  load(): Promise<StoredCheckpoint | undefined> {
    return this.#ask((id) => ({ kind: 'load', id }))
  }

  async save(checkpoint: StoredCheckpoint): Promise<void> {
    await this.#ask((id) => ({ kind: 'save', id, checkpoint }))
  }

  answer({ id, stored, isRefused }: EvidenceReply): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (isRefused) waiting?.reject(new EvidenceRefused(id))
    else waiting?.resolve(stored)
  }

  #ask(call: (id: number) => EvidenceCall): Promise<StoredCheckpoint | undefined> {
    const id = ++this.#last
    const waiting = Promise.withResolvers<StoredCheckpoint | undefined>()
    this.#waiting.set(id, waiting)
    this.#send(call(id))
    return waiting.promise
  }
}

/** The thread's side of a `ThreadedStream`: does on a stream of its own what comes through the port, until it is closed. */
export function serveStream(port: MessagePort, start: StreamStart, clock: Clock, random: Random): void {
  const send = (message: FromThread): void => port.postMessage(message)
  const evidence = new RemoteEvidence(send)
  const { chainKey, salt, memory, signing, verifying, keyId, device, node, prefix, file } = start
  const stream = new Stream({
    keys: { chain: chainKey, signing, verifying, keyId },
    device,
    node,
    prefix,
    output: new FileOutput({ ...file, blocking: true }),
    evidence,
    clock,
    newStreamId: () => random.uuid(),
    onEvidenceFailure: (error) => send({ kind: 'evidence-failed', ...failureOf(error) }),
  })
  const shorthand = new ShorthandReader(memory, salt)
  // Both have their own copies.
  chainKey.fill(0)
  salt.fill(0)

  let last: Promise<void> = Promise.resolve()
  const run = async (call: Call): Promise<void> => {
    if (call.dropped > 0) stream.drop(call.dropped)
    if (call.kind === 'write') await stream.write(shorthand.read(call.lines, call.slot))
    else await stream[call.kind]()
  }
  port.on('message', (message: ToThread) => {
    if (message.kind === 'evidence') evidence.answer(message)
    else if (message.kind === 'give-up') stream.giveUp()
    else
      last = last
        .then(() => run(message))
        .then(
          () => {
            send({ kind: 'done', error: undefined })
            if (message.kind !== 'close') return
            shorthand.destroy()
            port.close()
          },
          (error: unknown) => send({ kind: 'done', ...failureOf(error) }),
        )
  })
}

function failureOf(error: unknown): Failure {
  return {
    error,
    system: systemErrorOf(error),
    isTold: error instanceof OutputError,
    refused: error instanceof EvidenceRefused ? error.id : undefined,
  }
}

/** That a disk is full is what an operator must read in the log. */
function systemErrorOf(error: unknown): SystemError | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined
  const { code, syscall } = error
  return typeof code === 'string' && typeof syscall === 'string' ? { code, syscall } : undefined
}
