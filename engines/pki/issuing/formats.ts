import Type from 'typebox'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { KeyKind } from '../x509/algorithms.ts'
import type { GivenKey } from '../x509/given-key.ts'
import { certificatePem, pem, storedCertificatePem } from '../x509/pem.ts'

/** How certificates and keys are written in answers. */
export const formatFields = {
  format: field.text({
    default: 'pem',
    description: 'pem, der (in base64) or pem_bundle (key, certificate and chain in one)',
  }),
  private_key_format: field.text({
    default: 'der',
    description: 'der for the form that is usual for the key, or pkcs8',
  }),
}

export interface AskedFormat {
  readonly format: string
  readonly private_key_format: string
}

/** Throws `invalid_request`. */
export function checkFormat({ format, private_key_format: keyFormat }: AskedFormat): void {
  if (!['pem', 'der', 'pem_bundle'].includes(format)) {
    throw invalid(`the "format" path parameter must be "pem", "der", or "pem_bundle"`)
  }
  if (!['der', 'pkcs8', ''].includes(keyFormat)) throw invalid(`the "private_key_format" must be "der" or "pkcs8"`)
}

export const CertificateReply = Type.Object({
  certificate: Type.String(),
  issuing_ca: Type.Optional(Type.String()),
  ca_chain: Type.Optional(Type.Array(Type.String())),
  private_key: Type.Optional(Type.String()),
  private_key_type: Type.Optional(Type.String()),
  serial_number: Type.String(),
  expiration: Type.Integer({ description: 'When it ends, in Unix seconds.' }),
  not_before: Type.Optional(Type.Integer({ description: 'When it begins, in Unix seconds.' })),
})

/** Kinds of keys as answers call them. */
export const PRIVATE_KEY_TYPES: Readonly<Record<KeyKind, string>> = {
  rsa: 'rsa',
  ec: 'ec',
  ed25519: 'ed25519',
  'ml-dsa-44': 'ml-dsa-44',
  'ml-dsa-65': 'ml-dsa-65',
  'ml-dsa-87': 'ml-dsa-87',
}

/** What PEM calls the form that is usual for a kind; of the others, that is PKCS #8. */
const LABELS: Partial<Readonly<Record<KeyKind, string>>> = { rsa: 'RSA PRIVATE KEY', ec: 'EC PRIVATE KEY' }

/** Without the newline at the end, as the peers do. */
export function privateKeyText(key: GivenKey, { format, private_key_format: keyFormat }: AskedFormat): string {
  const isUsual = keyFormat !== 'pkcs8'
  const der = isUsual ? key.usual() : key.pkcs8()
  if (format === 'der') return der.toString('base64')
  return pem((isUsual ? LABELS[key.kind] : undefined) ?? 'PRIVATE KEY', der)
}

export function certificateText(der: Uint8Array, format: string): string {
  return format === 'der' ? Buffer.from(der).toString('base64') : certificatePem(der)
}

/** As `certificateText`, of a certificate that is kept: an issuer's. */
export function storedCertificateText(der: Buffer, format: string): string {
  return format === 'der' ? der.toString('base64') : storedCertificatePem(der)
}

export interface Shown {
  readonly der: Buffer
  /** Who signed, and who signed them …; as they are kept. */
  readonly chain: readonly Buffer[]
  readonly key: GivenKey | undefined
}

/** The part of an answer that shows a certificate and what belongs to it. */
export function shown({ der, chain, key }: Shown, asked: AskedFormat): Readonly<Record<string, unknown>> {
  const keyText = key && privateKeyText(key, asked)
  const chainTexts = chain.map((one) => storedCertificateText(one, asked.format))
  const own = certificateText(der, asked.format)
  const [issuing] = chainTexts
  return {
    certificate:
      asked.format === 'pem_bundle'
        ? [...(keyText === undefined ? [] : [keyText]), own, ...chainTexts].join('\n')
        : own,
    ...(issuing !== undefined && { issuing_ca: issuing }),
    ...(chainTexts.length > 0 && { ca_chain: chainTexts }),
    ...(keyText !== undefined && { private_key: keyText }),
  }
}
