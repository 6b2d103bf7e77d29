import type { EngineContext } from '../../engine.ts'
import { certificateCodec, rows } from '../documents.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { hexSerial } from '../x509/serial.ts'
import { Problem } from './problem.ts'

/** When to renew (RFC 9773): about two thirds into a certificate's life, and at once when it was revoked. */

const RETRY_AFTER_SECONDS = 6 * 3600

/** A certificate's identifier: who signed it, by the key's identifier, and its number. */
export interface CertificateId {
  readonly keyId: Buffer
  readonly serial: string
}

/** From 'keyId.serial', each in base64url. Throws Problem. */
export function certificateId(raw: unknown): CertificateId {
  const [, keyId = '', serial = ''] = typeof raw === 'string' ? (/^([\w-]{1,128})\.([\w-]{1,64})$/.exec(raw) ?? []) : []
  if (keyId === '' || serial === '') throw new Problem('malformed', 'that is no identifier of a certificate')
  return { keyId: Buffer.from(keyId, 'base64url'), serial: hexSerial(Buffer.from(serial, 'base64url')) }
}

/** Where the key's identifier begins in the extension's value: after the headers of sequence and member. */
const KEY_ID_AT = 4

export interface RenewalInfo {
  readonly document: object
  readonly headers: Readonly<Record<string, string>>
}

export async function renewalInfo(id: string, { store, clock }: EngineContext): Promise<RenewalInfo> {
  const { serial, keyId } = certificateId(id)
  const document = await store.get(rows.certificate(serial), certificateCodec)
  const certificate = document?.certificate && storedCertificate(document.certificate)
  const authority = certificate?.extensions.find((one) => one.id === EXTENSION.authorityKeyId)
  if (
    document === undefined ||
    certificate === undefined ||
    authority?.value.subarray(KEY_ID_AT).equals(keyId) !== true
  ) {
    throw new Problem('malformed', 'there is no such certificate', { status: 404 })
  }
  const { notBeforeMs, notAfterMs } = certificate
  const life = notAfterMs - notBeforeMs
  const nowMs = clock.now()
  const [start, end] =
    document.revocation === undefined
      ? [notBeforeMs + life * 0.6, notBeforeMs + life * 0.7]
      : [Math.min(nowMs, notAfterMs) - 3_600_000, Math.min(nowMs, notAfterMs) - 60_000]
  const suggestedWindow = { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
  return { document: { suggestedWindow }, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } }
}
