import type { Reader, Tx } from '../../../storage/store.ts'
import type { Clock, EngineContext } from '../../engine.ts'
import { certificateCodec, rows } from '../documents.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { hexSerial } from '../x509/serial.ts'
import { currentOrder } from './authorizations.ts'
import { acmeRows, type Order, orderCodec, textCodec } from './documents.ts'
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

/** Undefined where there is none of that number, or another has signed it. */
async function certificateNamed({ serial, keyId }: CertificateId, store: Reader) {
  const document = await store.get(rows.certificate(serial), certificateCodec)
  const certificate = document?.certificate && storedCertificate(document.certificate)
  const authority = certificate?.extensions.find((one) => one.id === EXTENSION.authorityKeyId)
  const isOurs = authority?.value.subarray(KEY_ID_AT).equals(keyId) === true
  return document !== undefined && certificate !== undefined && isOurs ? { document, certificate } : undefined
}

export async function renewalInfo(id: string, { store, clock }: EngineContext): Promise<RenewalInfo> {
  const found = await certificateNamed(certificateId(id), store)
  if (found === undefined) throw new Problem('malformed', 'there is no such certificate', { status: 404 })
  const { document, certificate } = found
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

/**
 * Within the transaction that makes an order: whether what it replaces is a certificate of its account, and no other order does
 * that already. One that came to nothing does not. Throws Problem. `expiresAtMs`: of the row that says so.
 */
export async function markReplaced(tx: Tx, order: Order, clock: Clock, expiresAtMs: number): Promise<void> {
  if (order.replaces === undefined) return
  const id = certificateId(order.replaces)
  const found = await certificateNamed(id, tx)
  if (found === undefined || (await tx.get(acmeRows.certificate(id.serial), textCodec)) !== order.accountId)
    throw new Problem('malformed', 'replaces names no certificate of this account')
  const row = acmeRows.replaced(id.serial)
  const before = await tx.get(row, textCodec)
  const other = before === undefined ? undefined : await tx.get(acmeRows.order(before), orderCodec)
  if (other !== undefined && (await currentOrder(other, { store: tx, clock })).status !== 'invalid')
    throw new Problem('alreadyReplaced', 'the certificate has been replaced already')
  tx.put(row, order.id, textCodec, { expiresAtMs })
}
