import { type DescMethod, getOption, hasOption } from '@bufbuild/protobuf'
import type { Operation } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import { events, mount, status_in_reply } from '../../proto/gen/egide/v1/options_pb.ts'
import type { HttpRule } from '../../proto/gen/google/api/http_pb.ts'
import { refuseOverlong, requireCleanPath } from '../core/clean-path.ts'
import { type Decode, decoderOf } from './decode.ts'
import { type Encode, encoderOf } from './encode.ts'
import { setMember } from './struct.ts'
import { WireReader } from './wire-reader.ts'

type Data = Readonly<Record<string, unknown>>

interface Part {
  readonly literal: string
  /** Name of the field that fills this part; '' for a literal one. */
  readonly field: string
  /** Whether its value may hold slashes. */
  readonly deep: boolean
}

/** What a request asks for. */
export interface Target {
  readonly path: string
  readonly data: Data
}

/** Of a body that comes in pieces: several wait at a time. */
const PIECE_MAX_BYTES = 4 * 1024 * 1024

const REPLY_BYTES_LEAST = 512
/** More is no longer taken from Node's pool of buffers. */
const REPLY_BYTES_MOST = 4096

/** One method, as its annotations describe it: what a request of it means to the core. Worked out once. */
export class Rpc {
  readonly name: string
  readonly operation: Operation
  /** As HTTP would say it, for people who look at what is in flight. */
  readonly verb: string
  readonly statusInReply: boolean
  /** Answered by events; else a stream's answer comes in pieces of bytes. */
  readonly tellsEvents: boolean
  readonly kind: DescMethod['methodKind']
  readonly output: DescMethod['output']
  readonly encode: Encode
  /** Which of `data` and `raw` the reply has. */
  readonly answers: ReadonlySet<string>
  /** About so long are replies. */
  replyBytes = REPLY_BYTES_LEAST
  readonly #decode: Decode
  readonly #parts: readonly Part[]
  /** Of a listing: what no name is given for is the topmost folder. */
  readonly #lists: boolean
  /** Whether the field that the path ends in may be left out, with the slash before it. */
  readonly #mayEndEarly: boolean
  /** Fields that stand in the path, or say how others are to be read. */
  readonly #elsewhere: ReadonlySet<string>
  readonly #mount: string
  readonly #empties: ReadonlyMap<string, 'list' | 'map'>

  constructor(method: DescMethod, rule: HttpRule) {
    const { operation, verb, path } = operationOf(rule)
    this.name = `/${method.parent.typeName}/${method.name}`
    this.kind = method.methodKind
    this.operation = operation
    this.verb = verb
    this.statusInReply = hasOption(method, status_in_reply)
    this.tellsEvents = getOption(method, events)
    this.output = method.output
    this.encode = encoderOf(method.output)
    this.answers = new Set(method.output.fields.map(({ name }) => name))
    this.#decode = decoderOf(method.input)
    this.#parts = partsOf(path)
    this.#lists = operation === 'list' || operation === 'scan'
    this.#mayEndEarly = rule.additionalBindings.length > 0
    this.#elsewhere = new Set(['send_empty', ...this.#parts.map(({ field }) => field).filter((field) => field !== '')])
    this.#mount = getOption(method, mount)
    this.#empties = new Map(
      method.input.fields.flatMap(({ name, fieldKind }) =>
        fieldKind === 'list' || fieldKind === 'map' ? [[name, fieldKind] as const] : [],
      ),
    )
  }

  /** What one reply took is made ready for the next. */
  expect(bytes: number): void {
    if (bytes > this.replyBytes && bytes <= REPLY_BYTES_MOST) this.replyBytes = Math.min(bytes * 2, REPLY_BYTES_MOST)
  }

  /** Throws EgideError. */
  read(bytes: Buffer): Target {
    const message = this.#decode(new WireReader(bytes), bytes.length, 0) as Record<string, unknown>
    let path = ''
    for (const part of this.#parts) path += part.field === '' ? part.literal : this.#partOf(message[part.field], part)
    if (this.#mayEndEarly && path.endsWith('/')) path = path.slice(0, -1)
    if (path.startsWith('/')) throw invalid('the path must not contain "//"')
    requireCleanPath(path)
    refuseOverlong(path)
    const data = withoutMembers(message, this.#elsewhere)
    if (this.tellsEvents) data.watch = true
    if (message.send_empty !== undefined) sendEmpty(data, message.send_empty, this.#empties)
    return { path, data }
  }

  /** What a message of a body that comes in pieces holds. Throws EgideError. */
  readPiece(bytes: Buffer): Buffer {
    const { content } = this.#decode(new WireReader(bytes), bytes.length, 0) as { readonly content?: Buffer }
    if (content === undefined) return Buffer.alloc(0)
    if (content.length > PIECE_MAX_BYTES)
      throw new EgideError('too_large', `a piece is larger than ${PIECE_MAX_BYTES} bytes`, { field: 'content' })
    return content
  }

  #partOf(value: unknown, { field, deep }: Part): string {
    if (field === 'mount' && this.#mount !== '') return mountOf(value, this.#mount)
    const text = typeof value === 'string' ? value : ''
    if (text === '' && !(deep && (this.#lists || this.#mayEndEarly)))
      throw new EgideError('invalid_request', `missing ${field}`, { field })
    if (!deep && text.includes('/'))
      throw new EgideError('invalid_request', `${field} must not hold a slash`, { field })
    return text
  }
}

function mountOf(value: unknown, usual: string): string {
  const named = typeof value === 'string' ? value.replace(/^\/|\/$/g, '') : ''
  return named === '' ? usual : named
}

/** A copy: an object that members were deleted from is slow to read ever after. A list stays as it is. */
function withoutMembers(message: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  if (Array.isArray(message)) return message
  const others: Record<string, unknown> = {}
  for (const name of Object.keys(message)) if (!names.has(name)) setMember(others, name, message[name])
  return others
}

/** Lists and maps can't be told from absent ones while they are empty, so a list of their names does. */
function sendEmpty(message: Record<string, unknown>, names: unknown, known: ReadonlyMap<string, 'list' | 'map'>): void {
  if (!Array.isArray(names)) return
  for (const name of names as string[]) {
    const empty = known.get(name)
    if (empty === undefined) {
      throw new EgideError('invalid_request', 'send_empty names what is no list or map of the request', {
        field: 'send_empty',
      })
    }
    message[name] ??= empty === 'list' ? [] : {}
  }
}

function operationOf({ pattern }: HttpRule): { operation: Operation; verb: string; path: string } {
  switch (pattern.case) {
    case 'get':
      return { operation: 'read', verb: 'GET', path: pattern.value }
    case 'post':
      return { operation: 'update', verb: 'POST', path: pattern.value }
    case 'patch':
      return { operation: 'patch', verb: 'PATCH', path: pattern.value }
    case 'delete':
      return { operation: 'delete', verb: 'DELETE', path: pattern.value }
    case 'custom': {
      const { kind, path } = pattern.value
      if (kind === 'LIST' || kind === 'SCAN') return { operation: kind === 'LIST' ? 'list' : 'scan', verb: kind, path }
    }
  }
  throw new Error(`an annotation with ${pattern.case} is nothing that the core knows`)
}

const PREFIX = '/v1/'

function partsOf(path: string): Part[] {
  return path
    .slice(PREFIX.length)
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const [, field, rest] = /^\{([a-z0-9_]+)(=\*\*)?\}$/.exec(part) ?? []
      return { literal: part, field: field ?? '', deep: rest !== undefined }
    })
}
