import type { Awaitable } from '../../../storage/backend.ts'
import { document } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { certificateCodec, type IssuerDocument, type KeyDocument, rows } from '../documents.ts'
import { allIssuers, allowedUsage } from '../issuers/find.ts'
import { keyDocument } from '../issuers/new-key.ts'
import { issue, type Order } from '../issuing/issue.ts'
import { purposeIds } from '../issuing/leaf.ts'
import { generateKey, keySpec, specOf, spkiOf } from '../x509/algorithms.ts'
import { NO_ALT_NAMES } from '../x509/alt-names.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { NULL } from '../x509/der.ts'
import { EMPTY_SUBJECT } from '../x509/subject.ts'
import { durationMs, type RevocationConfig, revocationConfig } from './config.ts'

/**
 * Delegated OCSP responders (RFC 6960, 4.2.2.2): a key and a short-lived certificate for each issuer, so that the key of a
 * CA signs certificates and lists alone. They are made by recurring work, never for who asks: until there is one, the
 * issuer answers itself.
 */

interface ResponderDocument {
  readonly serial: string
  readonly certificate: Buffer
  readonly key: KeyDocument
  readonly renewAtMs: number
  readonly notAfterMs: number
}

export interface Responder {
  readonly certificate: Buffer
  readonly key: KeyDocument
  /** When what it signs is no longer believed. */
  readonly notAfterMs: number
}

const PREFIX = 'ocsp/responders/'
const codec = document<ResponderDocument>()

/** A responder is not itself asked about (id-pkix-ocsp-nocheck), so it does not live long. */
const LIFE_MS = 14 * 24 * 3_600_000
const CLOCK_SKEW_MS = 300_000
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5'

/** Undefined: the issuer is to answer itself. */
export async function responderFor(
  issuer: IssuerDocument,
  { store, clock }: EngineContext,
): Promise<Responder | undefined> {
  if (!(await revocationConfig(store)).ocsp_delegated) return undefined
  const found = await kept(store, issuer.id)
  return found !== undefined && (await isUsable(found, clock.now(), store)) ? found : undefined
}

function kept(reader: Reader, issuerId: string): Awaitable<ResponderDocument | undefined> {
  return reader.get(PREFIX + issuerId, codec)
}

/** It may have been revoked as any other certificate may. */
async function isUsable({ serial, notAfterMs }: ResponderDocument, nowMs: number, reader: Reader): Promise<boolean> {
  if (nowMs >= notAfterMs) return false
  const record = await reader.get(rows.certificate(serial), certificateCodec)
  return record !== undefined && record.revocation === undefined
}

/** Makes the responders that are missing or due, and forgets those that nobody needs. */
export async function renewResponders(context: EngineContext): Promise<void> {
  const { store, clock } = context
  const config = await revocationConfig(store)
  const issuers = config.ocsp_delegated ? (await allIssuers(store)).filter(mayDelegate) : []
  const ids = new Set(issuers.map(({ id }) => id))
  const gone = (await store.list(PREFIX)).filter((id) => !ids.has(id))
  if (gone.length > 0) {
    await store.transaction((tx) => {
      for (const id of gone) tx.delete(PREFIX + id)
    })
  }
  for (const issuer of issuers) {
    const before = await kept(store, issuer.id)
    const nowMs = clock.now()
    if (before !== undefined && nowMs < before.renewAtMs && (await isUsable(before, nowMs, store))) continue
    if (storedCertificate(issuer.certificate).notAfterMs <= nowMs) continue
    await renew(issuer, config, context)
  }
}

function mayDelegate(issuer: IssuerDocument): boolean {
  const usage = allowedUsage(issuer)
  return issuer.keyId !== '' && usage.includes('ocsp-signing') && usage.includes('issuing-certificates')
}

async function renew(issuer: IssuerDocument, config: RevocationConfig, context: EngineContext): Promise<void> {
  const { store, clock, random } = context
  const ca = storedCertificate(issuer.certificate)
  // Of the issuer's kind: who can verify that can verify this.
  const { kind } = specOf(ca.publicKey)
  const { privateKey, publicKey } = await generateKey(keySpec(kind, 0))
  const nowMs = Math.floor(clock.now() / 1000) * 1000
  // An answer is not to outlive who signed it.
  const lifeMs = Math.max(LIFE_MS, 4 * durationMs(config, 'ocsp_expiry'))
  const notAfterMs = Math.min(nowMs + lifeMs, ca.notAfterMs)
  const order: Order = {
    subject: {
      ...EMPTY_SUBJECT,
      commonName: 'OCSP responder',
      organization: ca.subject.organization,
      country: ca.subject.country,
    },
    altNames: NO_ALT_NAMES,
    spki: spkiOf(publicKey),
    validity: { notBeforeMs: Math.max(nowMs - CLOCK_SKEW_MS, ca.notBeforeMs), notAfterMs },
    keyUsages: ['DigitalSignature'],
    extKeyUsages: purposeIds(['OCSPSigning']),
    ca: undefined,
    saysNoCa: false,
    enforceHostnames: false,
    omitsUrls: true,
    extensions: [{ id: NO_CHECK, critical: false, value: NULL }],
    role: '',
    signatureBits: 0,
    usePss: false,
    stored: true,
  }
  const { der, serial } = await issue(order, issuer, context)
  const made: ResponderDocument = {
    serial,
    certificate: der,
    key: keyDocument(random.uuid(), '', privateKey),
    renewAtMs: nowMs + (notAfterMs - nowMs) / 2,
    notAfterMs,
  }
  await store.transaction((tx) => tx.put(PREFIX + issuer.id, made, codec))
}
