import { invalid } from '../../errors.ts'
import { perDocument } from './per-document.ts'

const LINE = 64

export interface PemBlock {
  readonly label: string
  readonly der: Buffer
}

/** RFC 7468. The newline at the end is left out, as the peers do in their answers. */
export function pem(label: string, der: Uint8Array): string {
  const text = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64')
  const lines: string[] = []
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE))
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----`
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
