import { invalid } from '../../errors.ts'
import { perDocument } from './per-document.ts'

const LINE = 64

export interface PemBlock {
  readonly label: string
  readonly der: Buffer
}

/** RFC 7468. The newline at the end is left out, as the peers do in their answers. */
export function pem(label: string, der: Uint8Array): string {
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength)
  return `-----BEGIN ${label}-----\n${linesOf(bytes)}-----END ${label}-----`
}

/** Bytes of a line. */
const LINE_BYTES = (LINE / 4) * 3

/** What `pem` makes, of what the pieces make together, and in pieces: for what is long. */
export function* pemPieces(label: string, pieces: Iterable<Buffer>): Generator<string, undefined> {
  yield `-----BEGIN ${label}-----\n`
  let rest: Buffer = Buffer.alloc(0)
  for (const piece of pieces) {
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const end = all.length - (all.length % LINE_BYTES)
    if (end > 0) yield linesOf(all.subarray(0, end))
    rest = all.subarray(end)
  }
  if (rest.length > 0) yield linesOf(rest)
  yield `-----END ${label}-----`
}

export const pemOf = (label: string, pieces: Iterable<Buffer>): string => [...pemPieces(label, pieces)].join('')

/** Characters of what `pem` makes of so many bytes. */
export function pemLength(label: string, bytes: number): number {
  const around = `-----BEGIN ${label}-----\n-----END ${label}-----`
  return around.length + Math.ceil(bytes / 3) * 4 + Math.ceil(bytes / LINE_BYTES)
}

function linesOf(bytes: Buffer): string {
  const text = bytes.toString('base64')
  const lines: string[] = []
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE))
  return `${lines.join('\n')}\n`
}

export const certificatePem = (der: Uint8Array): string => pem('CERTIFICATE', der)

/** As `certificatePem`, once for each stored document. */
export const storedCertificatePem = perDocument(certificatePem)

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*?)-----END \1-----/g
/** Most blocks that one bundle may hold. */
const BLOCKS_MAX = 100

/** All blocks of a text, whatever stands around them. Throws `invalid_request` for too many. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (const [, label = '', body = ''] of text.matchAll(BLOCK)) {
    if (blocks.length === BLOCKS_MAX) throw invalid(`more than ${BLOCKS_MAX} PEM blocks`)
    blocks.push({ label, der: Buffer.from(body, 'base64') })
  }
  return blocks
}

/** The one block with one of the labels. Throws `invalid_request` saying `what` is not there. */
export function onlyBlock(text: string, labels: readonly string[], what: string): Buffer {
  const found = pemBlocks(text).filter(({ label }) => labels.includes(label))
  const [block] = found
  if (block === undefined || found.length > 1 || block.der.length === 0)
    throw invalid(`${what} contains no data, or more than one PEM block`)
  return block.der
}
