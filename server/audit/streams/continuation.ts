import { createHash, type Hash } from 'node:crypto'
import { CHAIN_START, decodeChain } from './chain.ts'
import type { CheckpointEvent, CheckpointNotes } from './checkpoint.ts'
import type { StoredCheckpoint } from './evidence.ts'
import type { OurTail, Tail } from './tail.ts'

/** How a stream goes on in an output that has just been opened: the line it begins with there, and where the chain stands. */
export interface Continuation {
  readonly event: CheckpointEvent
  /** Undefined: a new one. */
  readonly stream: string | undefined
  readonly seq: number
  /** latin1 */
  readonly chain: string
  readonly digest: Hash | undefined
  readonly notes: CheckpointNotes
  /** Ends a line that something left unfinished. */
  readonly newline: boolean
}

/** Where this process left the stream. */
export interface Position {
  readonly stream: string
  readonly seq: number
  readonly chain: string
  readonly digest: Hash | undefined
  /** Lines that were handed over and never acknowledged stand, or don't, after `seq`; the chain has moved on to here. */
  readonly unacknowledged: { readonly seq: number; readonly chain: string } | undefined
  /** Of the newest checkpoint that the output took. */
  readonly checkpointSeq: number
}

const begin = (event: CheckpointEvent, notes: CheckpointNotes, newline = false): Continuation => ({
  event,
  stream: undefined,
  seq: 0,
  chain: CHAIN_START,
  digest: undefined,
  notes,
  newline,
})

function afterClose(stored: StoredCheckpoint, notes: CheckpointNotes, newline: boolean): Continuation {
  const digest = createHash('sha256').update(`${stored.line}\n`)
  const chain = decodeChain(stored.chain)
  return { event: 'opened', stream: stored.stream, seq: stored.seq, chain, digest, notes, newline }
}

const UNCLEAN = 'the last run ended without closing the stream'

/** For outputs that can't be read back. */
export function continueBlind(here: Position | undefined, stored: StoredCheckpoint | undefined): Continuation {
  if (here !== undefined) {
    const { seq, chain } = here.unacknowledged ?? here
    // What was sent since the last checkpoint may have died with the connection, whatever the system acknowledged.
    const notes = seq > here.checkpointSeq ? { missing_from: here.checkpointSeq + 1, missing_to: seq } : {}
    return { event: 'resumed', stream: here.stream, seq, chain, digest: undefined, notes, newline: false }
  }
  if (stored === undefined) return begin('start', {})
  if (stored.seq === 0) return begin(stored.event, reasonOf(stored.reason))
  return stored.event === 'closed' ? afterClose(stored, {}, false) : begin('restarted', { reason: UNCLEAN })
}

/**
 * For files: what is in the file decides, and storage says whether that is all. `left`: what stands at the end of a file
 * that was moved away while a write to it failed.
 */
export function continueInFile(
  tail: Tail,
  node: string,
  here: Position | undefined,
  stored: StoredCheckpoint | undefined,
  left: Tail | undefined,
): Continuation {
  const fresh = { preceding_bytes: tail.size + (tail.midLine ? 1 : 0) }
  // The last run was about to begin a stream and did not get far enough to say so; what made it begin one still holds.
  if (here === undefined && stored?.seq === 0)
    return begin(stored.event, { ...fresh, ...reasonOf(stored.reason) }, tail.midLine)
  if (tail.kind === 'broken') return begin('break', { ...fresh, reason: tail.reason }, tail.midLine)
  if (tail.kind === 'ours' && tail.node === node) {
    const wrong = whatIsMissing(tail.stream, tail.seq, stored) ?? whatIsTooMuch(tail, here, stored)
    if (wrong !== undefined) return begin('break', { ...fresh, reason: wrong }, tail.midLine)
    const clean = here === undefined ? tail.closed : here.unacknowledged === undefined
    const event = clean && !tail.midLine && tail.torn === undefined ? 'opened' : 'recovered'
    return { ...recovered(tail), event, notes: tornNotes(tail), newline: tail.midLine }
  }
  return inNewFile(fresh, tail.midLine, here, stored, left)
}

function recovered({ stream, seq, chain, digest, midLine }: OurTail): Omit<Continuation, 'notes' | 'newline'> {
  const whole = digest.copy()
  if (midLine) whole.update('\n')
  return { event: 'recovered', stream, seq, chain, digest: whole }
}

const tornNotes = ({ torn }: OurTail): CheckpointNotes =>
  torn === undefined ? {} : { torn_bytes: torn.bytes, torn_sha256: torn.sha256 }

function inNewFile(
  fresh: CheckpointNotes,
  midLine: boolean,
  here: Position | undefined,
  stored: StoredCheckpoint | undefined,
  left: Tail | undefined,
): Continuation {
  if (here !== undefined) {
    if (left?.kind === 'ours' && left.stream === here.stream && left.seq >= here.seq)
      return { ...recovered(left), notes: { ...fresh, ...tornNotes(left) }, newline: midLine }
    if (here.unacknowledged !== undefined)
      return begin('restarted', { ...fresh, reason: 'a write failed, and its file is gone' }, midLine)
    const { stream, seq, chain, digest } = here
    return { event: 'opened', stream, seq, chain, digest, notes: fresh, newline: midLine }
  }
  if (stored === undefined) return begin('start', fresh, midLine)
  if (stored.event === 'closed') return afterClose(stored, fresh, midLine)
  return begin('restarted', { ...fresh, reason: `${UNCLEAN}, and its file is gone` }, midLine)
}

function whatIsMissing(stream: string, seq: number, stored: StoredCheckpoint | undefined): string | undefined {
  if (stored === undefined) return undefined
  if (stored.stream !== stream) return 'the newest stream in the file is not the one that was written last'
  if (stored.seq > seq) return `the file ends at record ${seq}, and record ${stored.seq} had been written`
  return undefined
}

/** Torn lines are what a crash or a failed write leaves. Where there was neither, somebody else wrote them. */
function whatIsTooMuch(
  tail: OurTail,
  here: Position | undefined,
  stored: StoredCheckpoint | undefined,
): string | undefined {
  if (tail.torn === undefined) return undefined
  const clean =
    here === undefined ? stored?.event === 'closed' && stored.seq === tail.seq : here.unacknowledged === undefined
  return clean ? `something else wrote ${tail.torn.bytes} bytes after record ${tail.seq}` : undefined
}

const reasonOf = (reason: string): CheckpointNotes => (reason === '' ? {} : { reason })
