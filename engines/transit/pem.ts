/** PEM (RFC 7468): what DER looks like in text. */

export const publicKeyPem = (spki: Buffer): string => pem('PUBLIC KEY', spki)

/** One after the other, without a line break at the end. */
export const certificatesPem = (chain: readonly Buffer[]): string =>
  chain.map((der) => pem('CERTIFICATE', der).trimEnd()).join('\n')

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
