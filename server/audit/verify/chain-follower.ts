import { createHash, type Hash } from 'node:crypto'
import type { AuditStreamEvidence } from '../../../engines/system/services/audit.ts'
import { CHAIN_START, chainOf, decodeChain, encodeChain, type LineEnd, lineEnd } from '../streams/chain.ts'
import { type Checkpoint, checkpointSignatureHolds, parseCheckpoint } from '../streams/checkpoint.ts'
import type { Finding, VerifyInputs } from './verification.ts'

const NOTES_MAX = 100

interface Current {
  readonly id: string
  readonly node: string
  seq: number
  /** latin1 */
  chain: string
  digest: Hash
  /** Where the newest checkpoint stands. */
  checkpointAt: string
  /** Seq of the first line that was seen of it. */
  readonly from: number
}

interface Held {
  readonly file: string
  readonly line: number
  readonly reason: string
  count: number
  /** Of the lines with the newlines between them. */
  bytes: number
  readonly hash: Hash
  /** What the current stream's digest is if they are part of it. */
  readonly digest: Hash | undefined
}

/**
 * Takes the lines of a device's files one by one and keeps the first that is not as it was written. Holds no more than
 * one line.
 */
export class ChainFollower {
  readonly #inputs: VerifyInputs
  #file = ''
  #line = 0
  #offset = 0
  #current: Current | undefined
  /** A line of the device has been seen in this file. */
  #seenInFile = false
  /** Lines that can't be placed yet: torn ones, or what stood in the file before. */
  #held: Held | undefined
  /** Likewise at the end of the file before. */
  #left: Held | undefined
  /** The file ends within a line. */
  #isCut = false
  problem: Finding | undefined
  readonly notes: Finding[] = []
  records = 0
  checkpoints = 0
  uncovered = 0

  constructor(inputs: VerifyInputs) {
    this.#inputs = inputs
  }

  beginFile(file: string): void {
    if (this.#left !== undefined && this.#held !== undefined) this.#failHeld(this.#left)
    this.#left ??= this.#held
    this.#held = undefined
    this.#isCut = false
    this.#file = file
    this.#line = 0
    this.#offset = 0
    this.#seenInFile = false
  }

  line(whole: Buffer, ended: boolean): void {
    if (this.problem !== undefined) return
    this.#line++
    const bytes = this.#withoutHeader(whole)
    this.#isCut = !ended
    this.#take(bytes)
    this.#offset += whole.length + 1
  }

  /** After the last file: compares what was seen with what storage knows. */
  end(): void {
    if (this.problem !== undefined) return
    const unexplained = this.#left ?? this.#held
    if (this.#isCut && this.#left === undefined && (this.#held?.count ?? 1) === 1) this.#fail(CUT)
    else if (unexplained !== undefined) this.#failHeld(unexplained)
    else if (this.#current === undefined) this.#fail('there is no checkpoint of this device in it', 0)
    else if (this.#inputs.streams !== undefined) this.#compareEnd(this.#current, this.#inputs.streams)
  }

  #compareEnd(current: Current, streams: readonly AuditStreamEvidence[]): undefined {
    const known = streams.find((stream) => stream.stream === current.id)
    const other = streams.find((stream) => stream.node === current.node)
    if (known === undefined && other === undefined)
      return this.#note(`the evidence says nothing of node ${current.node}`)
    if (known === undefined)
      return this.#fail(
        `the end is missing: node ${current.node} went on with stream ${other?.stream}, which is not here`,
      )
    if (current.seq < known.sequence)
      return this.#fail(
        `the end is missing: the last record is ${current.seq}, and record ${known.sequence} had been written at ${known.time}`,
      )
  }

  #withoutHeader(line: Buffer): Buffer {
    if (!this.#inputs.skipHeaders) return line
    const at = line.indexOf('{')
    return at > 0 ? line.subarray(at) : line
  }

  #take(line: Buffer): undefined {
    const end = lineEnd(line)
    if (end === undefined) return this.#hold(line, 'it is not a line of an audit log, or was changed')
    if (end.signature === undefined) return this.#record(line, end)
    const checkpoint = parseCheckpoint(line.toString('utf8'))
    if (checkpoint === undefined || checkpoint.seq !== end.seq || checkpoint.chain !== end.chain)
      return this.#hold(line, 'it is signed, but is no checkpoint')
    if (this.#inputs.device !== undefined && checkpoint.device !== this.#inputs.device)
      return this.#hold(line, `it belongs to another device (${checkpoint.device})`)
    if (!this.#isSigned(line, end)) return this.#hold(line, 'the signature of the checkpoint does not hold')
    this.#checkpoint(line, end, checkpoint)
  }

  #isSigned(line: Buffer, end: LineEnd): boolean {
    const { publicKey } = this.#inputs
    return (
      publicKey === undefined ||
      checkpointSignatureHolds(publicKey, line.subarray(0, end.signedEnd), end.signature ?? '')
    )
  }

  #record(line: Buffer, end: LineEnd): undefined {
    const current = this.#current
    if (current === undefined) return this.#hold(line, 'no checkpoint says which stream it belongs to')
    const unexplained = this.#left ?? this.#held
    if (unexplained !== undefined) return this.#failHeld(unexplained)
    const expected = current.seq + 1
    if (end.seq !== expected) return this.#fail(outOfSequence(end.seq, expected))
    if (!this.#chained(line, end, current.chain)) return this.#fail(NOT_CHAINED)
    current.seq = end.seq
    current.chain = decodeChain(end.chain)
    current.digest.update(line).update('\n')
    this.#seenInFile = true
    this.records++
    this.uncovered++
  }

  #chained(line: Buffer, end: LineEnd, previous: string): boolean {
    const { chainKey } = this.#inputs
    return (
      chainKey === undefined || chainOf(chainKey, previous, line.subarray(0, end.bodyEnd)) === decodeChain(end.chain)
    )
  }

  #checkpoint(line: Buffer, end: LineEnd, checkpoint: Checkpoint): undefined {
    const current = this.#current
    const previous =
      current !== undefined && current.id === checkpoint.stream
        ? this.#continues(current, checkpoint)
        : this.#begins(checkpoint)
    if (previous === undefined) return
    if (!this.#chained(line, end, previous)) return this.#fail(NOT_CHAINED)
    this.#noteCheckpoint(checkpoint)
    this.#current = {
      id: checkpoint.stream,
      node: checkpoint.node,
      seq: end.seq,
      chain: decodeChain(end.chain),
      digest: createHash('sha256').update(line).update('\n'),
      checkpointAt: `${this.#file}:${this.#line}`,
      from: current?.id === checkpoint.stream ? current.from : end.seq,
    }
    this.#seenInFile = true
    this.#compareWithStorage(checkpoint)
    this.checkpoints++
    this.uncovered = 0
  }

  /** A checkpoint of a stream that was not being followed. Gives the chain value it follows on, or nothing and a problem. */
  #begins(checkpoint: Checkpoint): string | undefined {
    const first = this.#current === undefined
    const before = checkpoint.preceding_bytes
    if (before !== undefined && before !== this.#offset) return this.#fail(this.#displaced(before))
    if (this.#left !== undefined) return this.#failHeld(this.#left)
    if (this.#held !== undefined && !this.#isForeign(before)) return this.#failHeld(this.#held)
    const isNew = checkpoint.seq === 1 && checkpoint.previous_seq === 0
    if (!first && !isNew)
      return this.#fail(`stream ${checkpoint.stream} begins in the middle, at record ${checkpoint.seq}`)
    if (first && !isNew && before === undefined && this.#inputs.partial !== true)
      return this.#fail(`records before ${checkpoint.seq} are missing, unless they are in a file that was not given`)
    if (checkpoint.previous_seq !== checkpoint.seq - 1)
      return this.#fail(outOfSequence(checkpoint.seq, checkpoint.previous_seq + 1))
    if (checkpoint.event === 'break')
      return this.#fail(`the server found what was written before changed: ${checkpoint.reason}`)
    if (this.#held !== undefined)
      this.#note(`${this.#held.count} lines before it are not this device's, and were not verified`)
    if (!isNew) this.#note(`begins after record ${checkpoint.previous_seq}: what was written before was not given`)
    this.#held = undefined
    return isNew ? CHAIN_START : decodeChain(checkpoint.previous_chain)
  }

  /** Whether what is held back was in the file before the device was. */
  #isForeign(precedingBytes: number | undefined): boolean {
    if (this.#current === undefined && this.#inputs.partial === true) return true
    return !this.#seenInFile && precedingBytes === this.#offset
  }

  #continues(current: Current, checkpoint: Checkpoint): string | undefined {
    const before = checkpoint.preceding_bytes
    if (before !== undefined && before !== this.#offset) return this.#fail(this.#displaced(before))
    const torn = this.#left ?? (this.#isForeign(before) ? undefined : this.#held)
    if (torn !== undefined && !explains(checkpoint, torn, current)) return this.#failHeld(torn)
    if (torn === undefined && checkpoint.torn_bytes !== undefined)
      return this.#fail('the torn line that the checkpoint describes is not before it')
    if (this.#left !== undefined && this.#held !== undefined && !this.#isForeign(before))
      return this.#failHeld(this.#held)
    this.#left = undefined
    this.#held = undefined
    if (checkpoint.previous_seq !== checkpoint.seq - 1)
      return this.#fail(outOfSequence(checkpoint.seq, checkpoint.previous_seq + 1))
    if (isExplainedGap(current.seq, checkpoint)) {
      this.#note(`records ${current.seq + 1} to ${checkpoint.previous_seq} did not arrive: the connection broke`)
      return decodeChain(checkpoint.previous_chain)
    }
    if (checkpoint.seq !== current.seq + 1) return this.#fail(outOfSequence(checkpoint.seq, current.seq + 1))
    if (checkpoint.previous_chain !== encodeChain(current.chain))
      return this.#fail('the line before it is not the one that it was signed after')
    if (checkpoint.digest !== '' && checkpoint.digest !== current.digest.digest('base64url'))
      return this.#fail(
        `something between the checkpoint at ${current.checkpointAt} and this one was changed (with the chain key the line can be named)`,
      )
    return current.chain
  }

  #compareWithStorage(checkpoint: Checkpoint): void {
    const known = this.#inputs.streams?.find((stream) => stream.stream === checkpoint.stream)
    if (known !== undefined && known.sequence === checkpoint.seq && known.chain !== checkpoint.chain)
      this.#fail('the checkpoint is not the one that storage knows')
  }

  #noteCheckpoint(checkpoint: Checkpoint): void {
    const { event, reason, dropped, torn_bytes: torn } = checkpoint
    if (dropped !== undefined) this.#note(`${dropped} records could not be written before it`)
    if (torn !== undefined) this.#note(`torn lines of ${torn} bytes stand before it: a crash or a failed write`)
    if (event === 'restarted')
      this.#note(`a new stream: ${reason}. Records between its begin and the last line before are not accounted for`)
    else if (reason !== undefined) this.#note(reason)
  }

  #displaced(before: number): string {
    return this.#offset < before
      ? `${before - this.#offset} bytes that stood before it are missing`
      : `${this.#offset - before} bytes were put in before it`
  }

  #hold(bytes: Buffer, reason: string): undefined {
    this.#held ??= {
      file: this.#file,
      line: this.#line,
      reason,
      count: 0,
      bytes: -1,
      hash: createHash('sha256'),
      digest: this.#current?.digest.copy(),
    }
    const held = this.#held
    if (held.count > 0) {
      held.hash.update('\n')
      held.digest?.update('\n')
    }
    held.hash.update(bytes)
    held.digest?.update(bytes)
    held.bytes += bytes.length + 1
    held.count++
  }

  #note(message: string): undefined {
    if (this.notes.length < NOTES_MAX) this.notes.push({ file: this.#file, line: this.#line, message })
  }

  #fail(message: string, line = this.#line, file = this.#file): undefined {
    this.problem ??= { file, line, message }
  }

  #failHeld(held: Held): undefined {
    this.#fail(held.reason, held.line, held.file)
  }
}

const CUT = 'the file ends within a line: it was cut, or a crash has not been recovered from yet'
const NOT_CHAINED = 'it was changed, or the line before it is not the one that it was written after'

function outOfSequence(seq: number, expected: number): string {
  if (seq < expected) return `record ${seq} stands again or out of order: record ${expected} was expected`
  const last = seq - 1
  return expected === last
    ? `record ${last} is missing before it`
    : `records ${expected} to ${last} are missing before it`
}

/** Whether the checkpoint describes these torn lines; if so they become part of what its digest covers. */
function explains(checkpoint: Checkpoint, torn: Held, current: Current): boolean {
  if (checkpoint.event !== 'recovered' || checkpoint.torn_bytes !== torn.bytes || torn.digest === undefined)
    return false
  if (checkpoint.torn_sha256 !== torn.hash.digest('base64url')) return false
  current.digest = torn.digest.update('\n')
  return true
}

/** Lines that the checkpoint itself says may have been lost with a connection. */
function isExplainedGap(seq: number, { event, missing_from, missing_to, previous_seq }: Checkpoint): boolean {
  if (event !== 'resumed' || missing_from === undefined || missing_to === undefined) return false
  return previous_seq === missing_to && seq < missing_to && seq >= missing_from - 1
}
