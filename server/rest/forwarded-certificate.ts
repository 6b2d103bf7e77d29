import { X509Certificate } from 'node:crypto'
import { invalid } from '../../engines/errors.ts'

/** How a proxy writes a client's certificate into a header. What comes out of the decoders, in their order, is DER in base64. */
export interface ForwardedCertificatePolicy {
  /** Lower case. */
  readonly header: string
  readonly decoders: readonly CertificateDecoder[]
}

/** `rfc9440`: ':base64:', as the header Client-Cert has it; `url`: percent-encoding, as nginx's $ssl_client_escaped_cert; `pem`. */
export type CertificateDecoder = 'rfc9440' | 'url' | 'pem'

const DECODERS: Readonly<Record<CertificateDecoder, (text: string) => string | undefined>> = {
  rfc9440: (text) => /^:([^:]*):$/.exec(text.trim())?.[1],
  url: (text) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return undefined
    }
  },
  pem: (text) =>
    /^\s*-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----\s*$/.exec(text)?.[1]?.replaceAll(/\s/g, ''),
}
const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * The certificate that a proxy which is believed wrote into the header; none where the header is empty. Throws
 * `invalid_request` for anything but exactly one.
 */
export function forwardedChain(policy: ForwardedCertificatePolicy, value: string | undefined): readonly Uint8Array[] {
  if (value === undefined || value === '') return []
  let text: string | undefined = value
  for (const decoder of policy.decoders) text = text === undefined ? undefined : DECODERS[decoder](text)
  if (text === undefined || !BASE64.test(text)) throw malformed(policy)
  try {
    return [new X509Certificate(Buffer.from(text, 'base64')).raw]
  } catch {
    throw malformed(policy)
  }
}

const malformed = ({ header }: ForwardedCertificatePolicy) => invalid(`the header ${header} holds no certificate`)
