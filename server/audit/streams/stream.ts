import { createHash, createSecretKey, type Hash, type KeyObject } from 'node:crypto'
import type { Clock } from '../../../engines/engine.ts'
import type { Output, ReadBack } from '../outputs/output.ts'
import { rfc3339 } from '../timestamp.ts'
import { Batch, CHAIN_START, ChainWriter, encodeChain } from './chain.ts'
import {
  type CheckpointEvent,
  type CheckpointNotes,
  checkpointText,
  type StreamName,
  signCheckpoint,
} from './checkpoint.ts'
import { type Continuation, continueBlind, continueInFile, type Position } from './continuation.ts'
import type { EvidenceKeeper, StoredCheckpoint } from './evidence.ts'
import { EvidenceSaver } from './evidence-saver.ts'
import type { RecordStream } from './record-stream.ts'
import { readTail, type Tail } from './tail.ts'

/** A checkpoint comes after so many records, bytes or milliseconds since the last one, if there were any records. */
const RECORDS_BETWEEN = 4096
const BYTES_BETWEEN = 4 * 1024 * 1024
const MS_BETWEEN = 5000

export interface StreamKeys {
  /** 32 bytes. */
  readonly chain: Uint8Array
  readonly signing: KeyObject
  readonly verifying: KeyObject
  readonly keyId: string
}

export interface StreamOptions {
  readonly keys: StreamKeys
  readonly device: string
  readonly node: string
  /** Stands before every line. */
  readonly prefix: string
  readonly output: Output
  readonly evidence: EvidenceKeeper
  readonly clock: Clock
  readonly newStreamId: () => string
  /** Told when a checkpoint could not be put into storage; it is tried again. */
  readonly onEvidenceFailure: (error: unknown) => void
}

/** Lines that were handed to the output and not acknowledged. */
interface Pending {
  readonly texts: readonly string[]
  /** Seq of the line of the first text. */
  readonly firstSeq: number
}

/**
 * One node's stream on one device: puts records into the chain, makes checkpoints, and finds out where to go on after a
 * failure or a restart.
 */
export class Stream implements RecordStream {
  readonly depth = 1
  readonly #options: StreamOptions
  readonly #chain: ChainWriter
  readonly #chainKey: KeyObject
  readonly #batch = new Batch()
  readonly #saver: EvidenceSaver
  #stream: string | undefined
  #ready = false
  #givenUp = false
  #acknowledged: { seq: number; chain: string } = { seq: 0, chain: CHAIN_START }
  #pending: Pending | undefined
  #left: Tail | undefined
  #digest: Hash | undefined
  #checkpointSeq = 0
  #checkpointMs = 0
  #bytesSince = 0
  #size = 0
  /** The checkpoint that was made last; the output may not have it yet. */
  #newest: StoredCheckpoint | undefined
  /** Records that did not and will not get into the output, to be told in the next checkpoint. */
  #dropped = 0

  constructor(options: StreamOptions) {
    this.#options = options
    this.#chain = new ChainWriter(options.keys.chain, 0, CHAIN_START)
    this.#chainKey = createSecretKey(options.keys.chain)
    this.#saver = new EvidenceSaver(options)
  }

  drop(count: number): void {
    this.#dropped += count
  }

  /** A failure is tried once more, from a newly opened output. */
  async write(texts: readonly string[]): Promise<void> {
    this.#givenUp = false
    let rest = texts
    for (let retried = false; ; retried = true) {
      try {
        if (!this.#ready) {
          const written = await this.#establish(rest)
          if (written > 0) rest = rest.slice(written)
        }
        return await this.#append(rest)
      } catch (error) {
        if (!retried && !this.#givenUp) continue
        // Those that were handed over are looked for when the output is opened again.
        if (this.#pending?.texts !== rest) this.#dropped += rest.length
        throw error
      }
    }
  }

  async open(): Promise<void> {
    this.#givenUp = false
    if (!this.#ready) await this.#establish(undefined)
  }

  /** One that failed is tried again: it may be that requests do not come any more while it fails. */
  async tick(): Promise<void> {
    this.#givenUp = false
    if (!this.#ready) {
      await this.#establish(undefined)
      return
    }
    const file = this.#options.output.file
    if (file !== undefined) {
      if (await file.moved()) return this.#changeFiles()
      const size = await file.size()
      if (size < this.#size) return this.#afterTruncation(size)
      if (size > this.#size) return this.#afterForeignWrite()
    }
    const due = this.#chain.seq > this.#checkpointSeq && this.#options.clock.now() - this.#checkpointMs >= MS_BETWEEN
    if (due || this.#dropped > 0) await this.#writeCheckpoint(this.#dropped > 0 ? 'dropped' : 'checkpoint', {})
    this.#saver.retry()
  }

  async checkpoint(): Promise<void> {
    this.#givenUp = false
    if (!this.#ready) return
    if (this.#chain.seq > this.#checkpointSeq) await this.#writeCheckpoint('checkpoint', {})
    await this.#saver.settled()
  }

  async reopen(): Promise<void> {
    this.#givenUp = false
    if (this.#options.output.file === undefined) return
    if (this.#ready) await this.#changeFiles()
    else await this.#establish(undefined)
  }

  async close(): Promise<void> {
    this.#givenUp = false
    try {
      if (this.#ready) {
        await this.#writeCheckpoint('closed', {})
        await this.#saver.settled()
      }
    } catch (error) {
      this.#options.onEvidenceFailure(error)
    }
    this.#ready = false
    await this.#options.output.close()
    this.#chain.destroy()
  }

  giveUp(): void {
    this.#givenUp = true
    this.#options.output.destroy()
  }

  abandon(): void {
    this.giveUp()
  }

  async #append(texts: readonly string[]): Promise<void> {
    this.#batch.clear()
    if (this.#dropped > 0) this.#checkpoint('dropped', { dropped: this.#dropped })
    const { prefix } = this.#options
    const from = this.#batch.length
    const pending = { texts, firstSeq: this.#chain.seq + 1 }
    for (const text of texts) this.#chain.append(this.#batch, prefix === '' ? text : prefix + text)
    this.#digest?.update(this.#batch.bytes.subarray(from))
    const bytes = this.#bytesSince + this.#batch.length
    if (bytes >= BYTES_BETWEEN || this.#chain.seq - this.#checkpointSeq >= RECORDS_BETWEEN)
      this.#checkpoint('checkpoint', {})
    await this.#flush(pending)
  }

  async #writeCheckpoint(event: CheckpointEvent, notes: CheckpointNotes): Promise<void> {
    this.#batch.clear()
    this.#checkpoint(event, this.#dropped > 0 ? { ...notes, dropped: this.#dropped } : notes)
    await this.#flush(undefined)
  }

  /** Puts a checkpoint into the batch. */
  #checkpoint(event: CheckpointEvent, notes: CheckpointNotes): void {
    const { device, node, keys, prefix, clock } = this.#options
    const name: StreamName = { device, node, stream: this.#stream ?? '', keyId: keys.keyId }
    const previous = { seq: this.#chain.seq, chain: encodeChain(this.#chain.chain) }
    const timeMs = clock.now()
    const digest = this.#digest?.digest('base64url') ?? ''
    const from = this.#batch.length
    const text = prefix + checkpointText(name, { timeMs, event, previous, digest, notes })
    this.#chain.append(this.#batch, text, (signed) => signCheckpoint(keys.signing, signed))
    const line = this.#batch.bytes.subarray(from)
    this.#digest = createHash('sha256').update(line)
    this.#newest = {
      node,
      stream: name.stream,
      seq: this.#chain.seq,
      chain: encodeChain(this.#chain.chain),
      time: rfc3339(timeMs),
      event,
      reason: '',
      line: line.toString('utf8', 0, line.length - 1),
    }
  }

  async #flush(records: Pending | undefined): Promise<void> {
    const newest = this.#newest
    this.#pending = records ?? { texts: [], firstSeq: this.#chain.seq }
    this.#ready = false
    const dropped = this.#dropped
    await this.#options.output.write(this.#batch.bytes, this.#batch.ends)
    this.#ready = true
    this.#pending = undefined
    this.#acknowledged = { seq: this.#chain.seq, chain: this.#chain.chain }
    this.#size += this.#batch.length
    this.#bytesSince += this.#batch.length
    if (newest === undefined || newest.seq <= this.#checkpointSeq) return
    this.#dropped -= dropped
    this.#checkpointSeq = newest.seq
    this.#checkpointMs = this.#options.clock.now()
    this.#bytesSince = 0
    this.#saver.save(newest)
  }

  /** Opens the output and continues its stream, or begins one. Resolves with how many of `texts` are in the output already. */
  async #establish(texts: readonly string[] | undefined): Promise<number> {
    const { output, node } = this.#options
    const stored = this.#stream === undefined ? await this.#options.evidence.load() : this.#newestSaved()
    await this.#readMovedTail()
    await output.open()
    let written = 0
    let next: Continuation
    if (output.file === undefined) {
      next = continueBlind(this.#position(), stored)
    } else {
      const tail = await this.#readTail(output.file)
      next = continueInFile(tail, node, this.#position(), stored, this.#left)
      this.#size = tail.size
      if (this.#pending !== undefined) written = this.#writtenOf(this.#pending, next)
    }
    const lost = this.#pending === undefined || output.file === undefined ? 0 : this.#pending.texts.length - written
    const mine = this.#pending?.texts === texts
    // From here on a torn line after the close may be of this run.
    if (stored?.event === 'closed' && stored.line !== '')
      await this.#options.evidence.save({ ...stored, event: 'checkpoint' })
    if (!mine) this.#dropped += lost
    await this.#continueWith(next)
    this.#left = undefined
    return mine ? written : 0
  }

  /** After a failed write to a file that has been moved away since: how that file ends can be read only while it is still open. */
  async #readMovedTail(): Promise<void> {
    const { file } = this.#options.output
    if (file === undefined || this.#pending === undefined || this.#left !== undefined) return
    try {
      if (await file.moved()) this.#left = await this.#readTail(file)
    } catch {
      // Not open any more, or not readable: then a new stream begins.
    }
  }

  #readTail(file: ReadBack): Promise<Tail> {
    const { keys, device } = this.#options
    return readTail(file, { chain: this.#chainKey, verifying: keys.verifying, device })
  }

  /** How many of the pending records are in the output, though their write failed. */
  #writtenOf(pending: Pending, next: Continuation): number {
    if (next.stream === undefined || next.stream !== this.#stream) return 0
    return Math.min(pending.texts.length, Math.max(0, next.seq - pending.firstSeq + 1))
  }

  async #continueWith(next: Continuation): Promise<void> {
    const stream = next.stream ?? this.#options.newStreamId()
    // A stream is known to storage before it is to its output: else cutting all of it off could not be told.
    if (next.stream === undefined) await this.#announce(stream, next)
    this.#stream = stream
    this.#chain.moveTo(next.seq, next.chain)
    this.#acknowledged = { seq: next.seq, chain: next.chain }
    this.#pending = undefined
    this.#digest = next.digest
    this.#newest = undefined
    if (next.stream === undefined) this.#checkpointSeq = 0
    this.#batch.clear()
    if (next.newline) this.#batch.raw('\n')
    this.#checkpoint(next.event, this.#dropped > 0 ? { ...next.notes, dropped: this.#dropped } : next.notes)
    await this.#flush(undefined)
    if (next.stream === undefined) await this.#saver.settled()
  }

  #announce(stream: string, next: Continuation): Promise<void> {
    const { evidence, node, clock } = this.#options
    const time = rfc3339(clock.now())
    const reason = next.notes.reason ?? ''
    return evidence.save({ node, stream, seq: 0, chain: '', time, event: next.event, reason, line: '' })
  }

  #position(): Position | undefined {
    if (this.#stream === undefined) return undefined
    const { seq, chain } = this.#acknowledged
    const unacknowledged = this.#pending === undefined ? undefined : { seq: this.#chain.seq, chain: this.#chain.chain }
    return {
      stream: this.#stream,
      seq,
      chain,
      digest: this.#digest,
      unacknowledged,
      checkpointSeq: this.#checkpointSeq,
    }
  }

  /** What this process knows to be in the output: at least what it acknowledged. */
  #newestSaved(): StoredCheckpoint | undefined {
    if (this.#stream === undefined || this.#acknowledged.seq === 0) return undefined
    const { node } = this.#options
    const { seq, chain } = this.#acknowledged
    return {
      node,
      stream: this.#stream,
      seq,
      chain: encodeChain(chain),
      time: '',
      event: 'checkpoint',
      reason: '',
      line: '',
    }
  }

  async #changeFiles(): Promise<void> {
    const { output } = this.#options
    const moved = (await output.file?.moved()) === true
    await this.#writeCheckpoint(moved ? 'rotated' : 'checkpoint', {})
    await output.file?.sync()
    this.#ready = false
    await this.#establish(undefined)
  }

  /** The file was truncated, by logrotate's copytruncate or by somebody: the stream goes on, and says from where. */
  async #afterTruncation(size: number): Promise<void> {
    const reason = `the file was cut from ${this.#size} to ${size} bytes while it was open`
    this.#size = size
    await this.#writeCheckpoint('opened', { preceding_bytes: size, reason })
  }

  /** Something else has written to the file. It is read as after a restart, and a new stream begins that says so. */
  async #afterForeignWrite(): Promise<void> {
    this.#ready = false
    await this.#establish(undefined)
  }
}
