import { createHash } from 'node:crypto'
import { type DerElement, derElement, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import type { Store } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type RawReply, type Reply, type Route, route } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { field } from '../../field.ts'
import { cacheable, entityTag } from '../caching.ts'
import {
  type CertificateDocument,
  certificateCodec,
  type IssuerDocument,
  issuerCodec,
  keyCodec,
  rows,
} from '../documents.ts'
import { allIssuers, authorityOf } from '../issuers/find.ts'
import { revocationSigning } from '../issuers/revocation-algorithm.ts'
import { loadedKey } from '../keys.ts'
import { CONDITIONAL_HEADERS, changeSecond, unlessUnmodified } from '../modified.ts'
import { hashBits, type Signer, signerOf } from '../x509/algorithms.ts'
import { storedCertificate } from '../x509/certificate.ts'
import {
  bitString,
  type Der,
  enumerated,
  explicit,
  generalizedTime,
  implicit,
  octetString,
  oid,
  sequence,
  sequenceOf,
} from '../x509/der.ts'
import { extensionDer, subjectPublicKeyBits } from '../x509/extensions.ts'
import { membersOf, octets, oidText, sequenceIn } from '../x509/reading.ts'
import { hexSerial } from '../x509/serial.ts'
import { algorithmIn } from '../x509/signature-algorithm.ts'
import { refuseNotDer } from '../x509/strict-der.ts'
import { durationMs, revocationConfig } from './config.ts'
import { type Responder, responderFor } from './responder.ts'

/** OCSP (RFC 6960): what is asked by POST (application/ocsp-request) or GET is answered from the certificates' own rows. */

const fields = {
  req: field.text({
    required: true,
    description: 'The request: DER in base64 in the path of a GET, the body of a POST',
    schema: { type: 'string', format: 'byte' },
  }),
}

const spec = {
  summary: 'Say whether certificates are revoked, by OCSP',
  fields,
  access: 'none' as const,
  auditClear: ['req'],
  headers: CONDITIONAL_HEADERS,
}

export const ocspRoutes: readonly Route[] = [
  route('ocsp', { ...spec, operations: { update: { handler: answer, pure: true } } }),
  // Base64 holds slashes.
  route('ocsp/:req*', { ...spec, operations: { read: answer } }),
]

/** OCSPResponseStatus. */
const STATUS = { malformed: 1, internal: 2, unauthorized: 6 }
/** RFC 5019 has one; a handful is what browsers and meshes send. */
const CERTIFICATES_MAX = 20
const REQUEST_BYTES_MAX = 2048
const NONCE = '1.3.6.1.5.5.7.48.1.2'
/** RFC 9654, 2.1. */
const NONCE_BYTES_MAX = 128

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

interface Question {
  /** CertID as it came, which the answer repeats. */
  readonly id: Der
  readonly hash: string | undefined
  readonly nameHash: Buffer
  readonly keyHash: Buffer
  readonly serial: string
}

interface Questions {
  readonly all: readonly Question[]
  readonly nonce: Der | undefined
}

async function answer(request: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  const config = await revocationConfig(context.store)
  if (config.ocsp_disable) return { raw: refusal(STATUS.unauthorized, 401) }
  let questions: Questions
  try {
    questions = parse(Buffer.from(request.fields.req, 'base64'))
  } catch {
    return { raw: refusal(STATUS.malformed, 400) }
  }
  const issuer = await issuerOf(questions.all, context)
  if (issuer === undefined) return { raw: refusal(STATUS.unauthorized, 401) }
  try {
    const { der, kept } = await signedAnswer(questions, issuer, durationMs(config, 'ocsp_expiry'), context)
    if (kept === undefined) return { raw: { ...replyOf(der), headers: { 'cache-control': 'no-store' } } }
    const raw = keptReply(kept, context)
    // Conditions are of who reads, and a POST does not (RFC 9110, 13.1).
    return request.operation === 'read' ? unlessUnmodified(request, kept.changed, { raw }, context) : { raw }
  } catch (error) {
    context.log.warn({ err: error }, 'an OCSP request could not be answered')
    return { raw: refusal(STATUS.internal, 500) }
  }
}

/** An OCSPRequest (RFC 6960, 4.1.1). Throws for what is none, or more than is answered. */
function parse(der: Buffer): Questions {
  if (der.length > REQUEST_BYTES_MAX) throw new Error('too large')
  refuseNotDer(der)
  const [request] = membersOf(derElement(der, TAG.sequence))
  const parts = membersOf(request)
  const list = parts.find(({ tag }) => tag === TAG.sequence)
  const requests = membersOf(list)
  if (requests.length === 0 || requests.length > CERTIFICATES_MAX) throw new Error('too few or too many')
  const extensions = parts.find(({ tag }) => tag === EXTENSIONS)
  return { all: requests.map(questionOf), nonce: extensions && nonceIn(extensions) }
}

/** `[2] EXPLICIT` in what is asked. */
const EXTENSIONS = 0xa2

function questionOf(request: DerElement): Question {
  const [id] = membersOf(request)
  const [algorithm, nameHash, keyHash, serial] = membersOf(id)
  if (id === undefined || serial?.tag !== TAG.integer) throw new EncodingError('a question lacks its number')
  return {
    id: id.whole,
    hash: HASHES[algorithmIn(algorithm).id],
    nameHash: octets(nameHash),
    keyHash: octets(keyHash),
    serial: hexSerial(serial.body),
  }
}

function nonceIn(extensions: DerElement): Der | undefined {
  for (const extension of sequenceIn(extensions.body)) {
    const [id, ...rest] = membersOf(extension)
    if (oidText(id) !== NONCE) continue
    const value = octets(rest.at(-1))
    if (value.length > NONCE_BYTES_MAX + 2) throw new Error('a nonce that is too long')
    return extensionDer({ id: NONCE, critical: false, value })
  }
  return undefined
}

/** The issuer that all questions are about. Undefined: there is none here, or it may not answer. */
async function issuerOf(questions: readonly Question[], { store }: EngineContext): Promise<IssuerDocument | undefined> {
  const isMeant = (issuer: IssuerDocument | undefined): boolean =>
    issuer !== undefined && mayAnswer(issuer) && questions.every((question) => isAbout(question, issuer))
  // Most ask about who was asked about before.
  const last = lastAsked.get(store)
  const before = last === undefined ? undefined : await store.get(rows.issuer(last), issuerCodec)
  if (isMeant(before)) return before
  const found = (await allIssuers(store)).find(isMeant)
  if (found !== undefined) lastAsked.set(store, found.id)
  return found
}

/** The id of an issuer, by the mount. */
const lastAsked = new WeakMap<Store, string>()

function mayAnswer({ usage, keyId }: IssuerDocument): boolean {
  return keyId !== '' && usage.includes('ocsp-signing')
}

function isAbout({ hash, nameHash, keyHash }: Question, { certificate }: IssuerDocument): boolean {
  if (hash === undefined) return false
  const { name, key } = hashesOf(certificate, hash)
  return name.equals(nameHash) && key.equals(keyHash)
}

interface IssuerHashes {
  readonly name: Buffer
  readonly key: Buffer
}
const hashesKnown = new WeakMap<Buffer, Map<string, IssuerHashes>>()

/** What questions name an issuer by, once for each stored document and each of the few kinds of hash. */
function hashesOf(certificate: Buffer, hash: string): IssuerHashes {
  const known = hashesKnown.get(certificate) ?? new Map<string, IssuerHashes>()
  hashesKnown.set(certificate, known)
  const found = known.get(hash)
  if (found !== undefined) return found
  const { subjectDer, spki } = storedCertificate(certificate)
  const of = (data: Buffer): Buffer => createHash(hash).update(data).digest()
  const made = { name: of(subjectDer), key: of(subjectPublicKeyBits(spki)) }
  known.set(hash, made)
  return made
}

/** Signed answers by the documents that they were made of: a changed document is another object. */
interface KeptAnswer {
  readonly der: Buffer
  readonly basis: string
  /** Until then it is given out. */
  readonly untilMs: number
  readonly nextUpdateMs: number
  /** Unix seconds; another for each answer about a document. */
  readonly changed: number
}
const answers = new WeakMap<CertificateDocument, KeptAnswer>()

async function signedAnswer(
  { all, nonce }: Questions,
  issuer: IssuerDocument,
  validMs: number,
  context: EngineContext,
): Promise<{ readonly der: Buffer; readonly kept: KeptAnswer | undefined }> {
  const nowMs = Math.floor(context.clock.now() / 1000) * 1000
  const responder = await responderFor(issuer, context)
  const authority = authorityOf(storedCertificate(issuer.certificate))
  const documents = await Promise.all(
    all.map(async ({ serial }) => {
      const document = await context.store.get(rows.certificate(serial), certificateCodec)
      return document?.authority === authority ? document : undefined
    }),
  )
  const [only] = documents
  const isKept = all.length === 1 && nonce === undefined && only !== undefined && validMs > 0
  const basis = `${issuer.id} ${issuer.revocationSignature} ${responder?.key.id ?? ''} ${validMs} ${all[0]?.id.toString('latin1')}`
  const before = isKept ? answers.get(only) : undefined
  if (before !== undefined && before.basis === basis && nowMs < before.untilMs) return { der: before.der, kept: before }
  // What a responder signs is believed for as long as its certificate is.
  const lastsMs = responder === undefined ? validMs : Math.min(validMs, responder.notAfterMs - nowMs)
  const singles = all.map(({ id }, at) => single(id, documents[at], nowMs, lastsMs))
  const der = await basicResponse(singles, nonce, await signingOf(issuer, responder, context), nowMs)
  if (!isKept) return { der, kept: undefined }
  const kept = {
    der,
    basis,
    untilMs: nowMs + lastsMs / 2,
    nextUpdateMs: nowMs + lastsMs,
    changed: changeSecond(before?.changed, nowMs),
  }
  answers.set(only, kept)
  return { der, kept }
}

/** SingleResponse. A number that was never given is `unknown`, not good. */
function single(id: Der, document: CertificateDocument | undefined, nowMs: number, validMs: number): Der {
  const next = validMs > 0 ? [explicit(0, generalizedTime(nowMs + validMs))] : []
  return sequence(id, statusOf(document), generalizedTime(nowMs), ...next)
}

function statusOf(document: CertificateDocument | undefined): Der {
  if (document === undefined) return implicit(2, Buffer.alloc(0))
  if (document.revocation === undefined) return implicit(0, Buffer.alloc(0))
  const { atMs, reason } = document.revocation
  return explicit(1, generalizedTime(atMs), ...(reason === 0 ? [] : [explicit(0, enumerated(reason))]))
}

/** Who signs an answer: the certificate that proves it, and its key. */
interface Signing {
  readonly certificate: Buffer
  readonly signer: Signer
  /** It is not the issuer, and so what comes with an answer. */
  readonly isResponder: boolean
}

async function signingOf(
  issuer: IssuerDocument,
  responder: Responder | undefined,
  { store }: EngineContext,
): Promise<Signing> {
  const options = revocationSigning(issuer)
  if (responder !== undefined) {
    const { certificate, key } = responder
    const own = key.kind === 'rsa' ? options : { hash: hashBits(key, 0), pss: false }
    return { certificate, signer: signerOf(loadedKey(key), own), isResponder: true }
  }
  const key = await store.get(rows.key(issuer.keyId), keyCodec)
  if (key === undefined) throw new EgideError('internal', 'the key of an issuer is missing')
  return { certificate: issuer.certificate, signer: signerOf(loadedKey(key), options), isResponder: false }
}

async function basicResponse(
  singles: readonly Der[],
  nonce: Der | undefined,
  { certificate, signer, isResponder }: Signing,
  nowMs: number,
): Promise<Buffer> {
  const { spki } = storedCertificate(certificate)
  // ResponderID by key, which is SHA-1 whatever the request was hashed by (RFC 6960, 4.2.1).
  const responder = explicit(2, octetString(createHash('sha1').update(subjectPublicKeyBits(spki)).digest()))
  const data = sequence(
    responder,
    generalizedTime(nowMs),
    sequenceOf(singles),
    ...(nonce === undefined ? [] : [explicit(1, sequence(nonce))]),
  )
  // Go takes whatever comes with an answer for what the issuer must have signed, and who asks has the issuer's own.
  const proof = isResponder ? [explicit(0, sequence(certificate))] : []
  const basic = sequence(data, signer.algorithm, bitString(await signer.sign(data)), ...proof)
  return sequence(enumerated(0), explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))))
}

const CONTENT_TYPE = 'application/ocsp-response'

function replyOf(body: Buffer): RawReply {
  return { status: 200, contentType: CONTENT_TYPE, body }
}

/** As RFC 5019, 6.2 has it, but that caches ask sooner than the answer ends, so that a revocation shows. */
function keptReply({ der, untilMs, nextUpdateMs }: KeptAnswer, { clock }: EngineContext): RawReply {
  const { headers, ...raw } = cacheable(replyOf(der), entityTag(der, 'ocsp'), untilMs - clock.now())
  return { ...raw, headers: { ...headers, expires: new Date(nextUpdateMs).toUTCString() } }
}

/** Refusals are not signed (RFC 6960, 2.3). */
function refusal(status: number, http: number): RawReply {
  return { status: http, contentType: CONTENT_TYPE, body: sequence(enumerated(status)) }
}
