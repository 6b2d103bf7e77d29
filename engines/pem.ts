import { decoded } from './base64.ts'
import { invalid } from './errors.ts'

/** PEM (RFC 7468): what DER looks like in text. */

export const publicKeyPem = (spki: Buffer): string => pem('PUBLIC KEY', spki)

/** One after the other, without a line break at the end. */
export const certificatesPem = (chain: readonly Buffer[]): string =>
  chain.map((der) => pem('CERTIFICATE', der).trimEnd()).join('\n')

export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g

/** The contents of all blocks with one of the labels, in order; other blocks are passed over. */
export function pemBlocks(text: string, ...labels: readonly string[]): readonly Buffer[] {
  const found: Buffer[] = []
  for (const [, label, body] of text.matchAll(BLOCK)) {
    if (label === undefined || !labels.includes(label)) continue
    const bytes = decoded((body ?? '').replace(/\s/g, ''))
    if (bytes === undefined) throw invalid(`a PEM block of ${label} is not base64`)
    found.push(bytes)
  }
  return found
}
