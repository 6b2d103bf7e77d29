import { createHash, type Hash, type KeyObject } from 'node:crypto'
import type { ReadBack } from '../outputs/output.ts'
import { chainOf, decodeChain, type LineEnd, lineEnd } from './chain.ts'
import { type Checkpoint, checkpointSignatureHolds, parseCheckpoint } from './checkpoint.ts'

/** What stands at the end of a file that a stream is about to be written to. */
export type Tail =
  /** Nothing of this device: `size` bytes of something else, or none. */
  | { readonly kind: 'other'; readonly size: number; readonly midLine: boolean }
  /** The device's lines, but not as they were written. */
  | { readonly kind: 'broken'; readonly size: number; readonly midLine: boolean; readonly reason: string }
  | OurTail

export interface OurTail {
  readonly kind: 'ours'
  readonly size: number
  /** Whether the last byte is no newline. */
  readonly midLine: boolean
  readonly node: string
  readonly stream: string
  readonly seq: number
  /** latin1 */
  readonly chain: string
  /** Seq of the newest checkpoint. */
  readonly checkpointSeq: number
  /** Over all bytes from the newest checkpoint's line to the end. */
  readonly digest: Hash
  /** The last line is the checkpoint of a clean stop. */
  readonly closed: boolean
  readonly torn: { readonly bytes: number; readonly sha256: string } | undefined
}

export interface TailKeys {
  readonly chain: KeyObject
  readonly verifying: KeyObject
  readonly device: string
}

const FIRST_WINDOW = 256 * 1024
const LAST_WINDOW = 256 * 1024 * 1024
const NEWLINE = 0x0a

/** Reads back from the newest checkpoint on, and checks every line of it. */
export async function readTail(file: ReadBack, keys: TailKeys): Promise<Tail> {
  const size = await file.size()
  for (let window = FIRST_WINDOW; ; window *= 4) {
    const start = Math.max(0, size - window)
    const bytes = await file.read(start, size)
    const midLine = bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE
    const found = newestCheckpoint(bytes, start > 0, midLine, keys)
    if (found !== undefined) return follow(bytes, found, size, midLine, keys)
    if (start === 0 || window >= LAST_WINDOW) return { kind: 'other', size, midLine }
  }
}

interface Found {
  readonly at: number
  readonly next: number
  readonly line: Checkpoint
}

/** The newest line that is a checkpoint this device signed. */
function newestCheckpoint(bytes: Buffer, cut: boolean, midLine: boolean, keys: TailKeys): Found | undefined {
  // A last line that lacks its newline gets it later.
  let next = bytes.length + (midLine ? 1 : 0)
  while (next > 0) {
    const before = next >= 2 ? bytes.lastIndexOf(NEWLINE, next - 2) : -1
    // The first line of a window that starts within the file may be half a line.
    if (before < 0 && cut) return undefined
    const line = bytes.subarray(before + 1, next - 1)
    const end = lineEnd(line)
    if (end?.signature !== undefined && isSigned(line, end, keys)) {
      const checkpoint = parseCheckpoint(line.toString('utf8'))
      if (checkpoint?.device === keys.device) return { at: before + 1, next, line: checkpoint }
    }
    next = before + 1
  }
  return undefined
}

function isSigned(line: Buffer, end: LineEnd, keys: TailKeys): boolean {
  return checkpointSignatureHolds(keys.verifying, line.subarray(0, end.signedEnd), end.signature ?? '')
}

function follow(bytes: Buffer, found: Found, size: number, midLine: boolean, keys: TailKeys): Tail {
  let { seq } = found.line
  let chain = decodeChain(found.line.chain)
  let at = found.next
  let closed = found.line.event === 'closed'
  let torn: OurTail['torn']
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at)
    const line = bytes.subarray(at, newline < 0 ? bytes.length : newline)
    const end = lineEnd(line)
    if (!isNext(line, end, seq, chain, keys)) {
      const rest = bytes.subarray(at, midLine ? bytes.length : bytes.length - 1)
      if (!isTorn(rest))
        return { kind: 'broken', size, midLine, reason: `the line after record ${seq} is not the one that was written` }
      torn = { bytes: rest.length, sha256: createHash('sha256').update(rest).digest('base64url') }
      break
    }
    seq = end.seq
    chain = decodeChain(end.chain)
    closed = false
    if (newline < 0) break
    at = newline + 1
  }
  const digest = createHash('sha256').update(bytes.subarray(found.at))
  const { node, stream } = found.line
  return { kind: 'ours', size, midLine, node, stream, seq, chain, checkpointSeq: found.line.seq, digest, closed, torn }
}

function isNext(line: Buffer, end: LineEnd | undefined, seq: number, chain: string, keys: TailKeys): end is LineEnd {
  return (
    end !== undefined &&
    end.seq === seq + 1 &&
    chainOf(keys.chain, chain, line.subarray(0, end.bodyEnd)) === decodeChain(end.chain)
  )
}

/** A write that failed leaves the beginning of a line, and so does each failed try to go on. A whole line there was put in or changed. */
function isTorn(bytes: Buffer): boolean {
  for (let at = 0; at <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at)
    const end = newline < 0 ? bytes.length : newline
    if (lineEnd(bytes.subarray(at, end)) !== undefined) return false
    at = end + 1
  }
  return true
}
