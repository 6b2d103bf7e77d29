import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { isJsonObject } from '../../../engines/json-object.ts'
import { rfc3339 } from '../timestamp.ts'

/** What happened at a checkpoint. */
export type CheckpointEvent =
  | 'start' // a new stream
  | 'checkpoint' // enough records or time since the last one
  | 'opened' // the stream goes on after a clean stop, or in a new file
  | 'rotated' // last line of a file that was moved away
  | 'closed' // clean stop
  | 'recovered' // went on after a crash or a failed write; what stood torn at the end is described
  | 'resumed' // went on over a new connection; what may not have arrived is described
  | 'restarted' // a new stream, because the last one ended without a clean stop and can't be read back
  | 'break' // a new stream, because what stood in the output was not what was written
  | 'dropped' // a best-effort device is back; records were dropped

export interface CheckpointNotes {
  /** Bytes before this line in its file that are none of this stream's. Present on the first line of a stream in a file. */
  readonly preceding_bytes?: number
  /** Torn lines stand before this one: so many bytes with this SHA-256 (base64url), the last newline excluded. */
  readonly torn_bytes?: number
  readonly torn_sha256?: string
  /** Lines that may be missing: written, never acknowledged. */
  readonly missing_from?: number
  readonly missing_to?: number
  readonly dropped?: number
  readonly reason?: string
}

/** A checkpoint as its line states it. */
export interface Checkpoint extends CheckpointNotes {
  readonly time: string
  readonly event: CheckpointEvent
  readonly device: string
  readonly node: string
  readonly stream: string
  readonly key_id: string
  /** Of the line before. */
  readonly previous_seq: number
  readonly previous_chain: string
  /** SHA-256 (base64url) over all bytes from the previous checkpoint's line on, this line excluded; '' when they are not known. */
  readonly digest: string
  readonly seq: number
  readonly chain: string
}

/** Who writes: the same for all lines of a stream. */
export interface StreamName {
  readonly device: string
  readonly node: string
  readonly stream: string
  readonly keyId: string
}

/** Signatures are over this and the line's bytes up to the end of its chain value, so that they mean nothing elsewhere. */
const CONTEXT = Buffer.from('egide audit checkpoint v1\n')

export const signCheckpoint = (key: KeyObject, signed: Uint8Array): string =>
  sign(null, Buffer.concat([CONTEXT, signed]), key).toString('base64url')

export const checkpointSignatureHolds = (key: KeyObject, signed: Uint8Array, signature: string): boolean =>
  verify(null, Buffer.concat([CONTEXT, signed]), key, Buffer.from(signature, 'base64url'))

/** Names a public key: the first 16 hex digits of the SHA-256 of its SubjectPublicKeyInfo. */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
}

/** What a checkpoint states of its stream. */
export interface CheckpointStatement {
  readonly timeMs: number
  readonly event: CheckpointEvent
  /** The line before; its chain in base64url. */
  readonly previous: { readonly seq: number; readonly chain: string }
  /** SHA-256 in base64url of the stream since the checkpoint before; '' where that is not known. */
  readonly digest: string
  readonly notes: CheckpointNotes
}

/** The text of a checkpoint's line up to its place in the chain. */
export function checkpointText(
  name: StreamName,
  { timeMs, event, previous, digest, notes }: CheckpointStatement,
): string {
  const line = {
    time: rfc3339(timeMs),
    type: 'checkpoint',
    event,
    device: name.device,
    node: name.node,
    stream: name.stream,
    key_id: name.keyId,
    previous_seq: previous.seq,
    previous_chain: previous.chain,
    digest,
    ...notes,
  }
  return JSON.stringify(line).slice(0, -1)
}

/** Reads a line that has a signature. Undefined when it isn't a checkpoint's. */
export function parseCheckpoint(line: string): Checkpoint | undefined {
  try {
    const parsed: unknown = JSON.parse(line.slice(line.indexOf('{')))
    return isCheckpoint(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (!isJsonObject(value)) return false
  const texts = ['time', 'event', 'device', 'node', 'stream', 'key_id', 'previous_chain', 'digest', 'chain']
  const numbers = ['previous_seq', 'seq']
  const optional = ['preceding_bytes', 'torn_bytes', 'missing_from', 'missing_to', 'dropped']
  return (
    value.type === 'checkpoint' &&
    texts.every((name) => typeof value[name] === 'string') &&
    numbers.every((name) => Number.isSafeInteger(value[name])) &&
    optional.every((name) => value[name] === undefined || Number.isSafeInteger(value[name]))
  )
}
