import type { Codec } from './store.ts'

// What ES2025's "JSON.parse source text access" adds, which TypeScript's libraries do not declare yet.
type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown
const EXACT = JSON as unknown as {
  rawJSON(text: string): object
  isRawJSON(value: unknown): boolean
  parse(text: string, reviver: SourceReviver): unknown
}

/**
 * Numbers that a double might not write back as they were read: 16 digits or more, a fraction, an exponent, or minus
 * zero. Only after `:`, `,`, `[` or at the start does a number begin; inside strings this may match without harm.
 */
const MAY_BE_INEXACT = /(?:^|[:,[])-?(?:\d{16}|\d+[.eE])|(?:^|[:,[])-0/

/**
 * Plain JSON. Numbers are exact: one that a JavaScript number cannot write back digit for digit decodes to a
 * `JSON.rawJSON` object, which encodes to the same digits. `generation`: as Codec.generation.
 */
export function json<T>(generation = 0): Codec<T> {
  return ofGeneration(JSON_CODEC, generation) as Codec<T>
}

/**
 * JSON whose tree may hold binary values (Buffer or Uint8Array, decoded as Buffers of their own). They are kept beside
 * the JSON, so key bytes never pass through a string. Numbers are as exact as those of `json`.
 *
 * Format: version (1) | length of the head (4, big endian) | head | the binary values, one after the other. The head is
 * JSON, `[tree, [[path, length], …]]`, where the tree has null in the place of each binary value.
 */
export function document<T>(generation = 0): Codec<T> {
  return ofGeneration(DOCUMENT_CODEC, generation) as Codec<T>
}

function ofGeneration(codec: Codec<unknown>, generation: number): Codec<unknown> {
  return generation === 0 ? codec : { ...codec, generation }
}

// One object each: a cached document is handed to readers that name the codec it was decoded by.
const JSON_CODEC: Codec<unknown> = {
  encode: (value) => Buffer.from(stringify(value)),
  decode: (bytes) => parse(viewOf(bytes).toString()),
}

/** Bytes that are an encoding already, or that are not to be decoded yet. What is read must not be written to. */
export const encoded: Codec<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes }

const DOCUMENT_VERSION = 1
const HEAD_AT = 5

type Step = string | number
interface Attachment {
  readonly path: readonly Step[]
  readonly bytes: Uint8Array
}

const DOCUMENT_CODEC: Codec<unknown> = {
  encode(value) {
    const attachments: Attachment[] = []
    const tree = detach(value, [], attachments)
    const head = Buffer.from(stringify([tree, attachments.map(({ path, bytes }) => [path, bytes.byteLength])]))
    const fixed = Buffer.allocUnsafe(HEAD_AT)
    fixed.writeUInt8(DOCUMENT_VERSION, 0)
    fixed.writeUInt32BE(head.length, 1)
    return Buffer.concat([fixed, head, ...attachments.map(({ bytes }) => bytes)])
  },
  decode(input) {
    const bytes = viewOf(input)
    if (bytes.length < HEAD_AT || bytes.readUInt8(0) !== DOCUMENT_VERSION) throw malformed()
    const bodyAt = HEAD_AT + bytes.readUInt32BE(1)
    if (bodyAt > bytes.length) throw malformed()
    const head = parse(bytes.toString('utf8', HEAD_AT, bodyAt))
    if (!Array.isArray(head) || head.length !== 2 || !Array.isArray(head[1])) throw malformed()
    return attach(head[0], head[1], bytes, bodyAt)
  },
}

/** The value with null for each binary value in it; what holds none is not copied. */
function detach(value: unknown, path: readonly Step[], found: Attachment[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) {
    found.push({ path, bytes: value })
    return null
  }
  let copy: Record<Step, unknown> | undefined
  const node = value as Record<Step, unknown>
  for (const key of Object.keys(value)) {
    const child = node[key]
    if (typeof child !== 'object' || child === null) continue
    const detached = detach(child, [...path, Array.isArray(value) ? Number(key) : key], found)
    if (detached === child) continue
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<Step, unknown>
    copy[key] = detached // an own property already, so that "__proto__" is a name like any other
  }
  return copy ?? value
}

function attach(tree: unknown, table: readonly unknown[], bytes: Buffer, bodyAt: number): unknown {
  let root = tree
  let at = bodyAt
  for (const row of table) {
    if (!Array.isArray(row) || !Array.isArray(row[0]) || !Number.isSafeInteger(row[1]) || row[1] < 0) throw malformed()
    const [path, length] = row as [Step[], number]
    if (at + length > bytes.length) throw malformed()
    const attachment = Buffer.alloc(length)
    bytes.copy(attachment, 0, at, at + length)
    at += length
    const last = path.at(-1)
    if (last === undefined) root = attachment
    else place(root, path, last, attachment)
  }
  if (at !== bytes.length) throw malformed()
  return root
}

function place(root: unknown, path: readonly Step[], last: Step, attachment: Buffer): void {
  let node = root
  for (const step of path.slice(0, -1)) node = ownProperty(node, step)[step]
  const holder = ownProperty(node, last)
  if (holder[last] !== null) throw malformed()
  holder[last] = attachment
}

function ownProperty(node: unknown, step: Step): Record<Step, unknown> {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) throw malformed()
  return node as Record<Step, unknown>
}

function stringify(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError('this value has no JSON form')
  return text
}

function parse(text: string): unknown {
  try {
    return MAY_BE_INEXACT.test(text) ? EXACT.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    throw malformed() // the parser's own message would quote the plaintext
  }
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || writtenAs(value) === source) return value
  return EXACT.rawJSON(source)
}

function writtenAs(value: number): string {
  return Object.is(value, -0) ? '0' : String(value)
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function malformed(): Error {
  return new Error('these bytes are not an encoded document')
}
