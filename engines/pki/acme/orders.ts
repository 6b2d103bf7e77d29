import { createPublicKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { isSameKey } from '../../../crypto/keys/same-key.ts'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { certificateCodec, type IssuerDocument, rows } from '../documents.ts'
import { withCommonName } from '../issuing/asked-names.ts'
import { type Alongside, issue, refuseNamesOutside } from '../issuing/issue.ts'
import { checkKey, leafOrder, type RequestedLeaf } from '../issuing/leaf.ts'
import { ownCertificate, REASONS, revoke } from '../revocation/revoke.ts'
import { momentOf } from '../roles/fields.ts'
import type { Role } from '../roles/role.ts'
import { specOf } from '../x509/algorithms.ts'
import { type ParsedCertificate, parseCertificate, storedCertificate } from '../x509/certificate.ts'
import { type ParsedRequest, parseRequestDer } from '../x509/csr.ts'
import { accountOf } from './accounts.ts'
import { isAbandoned, ownOrder, putAuthorization } from './authorizations.ts'
import { acmeConfig } from './config.ts'
import {
  type Account,
  type Authorization,
  acmeRows,
  type Identifier,
  type Jwk,
  type Order,
  orderCodec,
  textCodec,
} from './documents.ts'
import { askedIdentifiers, challengesFor, checkRequest, isWildcard } from './identifiers.ts'
import type { SignedRequest } from './jws.ts'
import { dropOpen, putOpen, refuseTooManyOpen } from './open-orders.ts'
import { Problem } from './problem.ts'
import { hasProvenAll } from './proven.ts'
import { countOrder } from './rate-limits.ts'
import { certificateId, markReplaced } from './renewal.ts'
import { type Directory, directoryTerms, type Terms } from './terms.ts'

const ORDER_LIFE_MS = 24 * 3_600_000
const TOKEN_BYTES = 32
/** Clocks differ, and what is proven today says nothing of last year. */
const BACKDATED_MAX_MS = 3_600_000

/** What an order and its certificate are remembered by goes so long after the last moment at which that could end. */
const KEPT_MS = 30 * 24 * 3_600_000
/** As if certificates lived for so long at least: what replaces another may live for less than that. */
const KEPT_LIFE_MS = 90 * 24 * 3_600_000

function keptUntil({ maxTtlSeconds }: Role, nowMs: number): number {
  return nowMs + ORDER_LIFE_MS + Math.max(maxTtlSeconds * 1000, KEPT_LIFE_MS) + KEPT_MS
}

function expiryOf(order: Order): { readonly expiresAtMs: number } {
  return { expiresAtMs: order.keptUntilMs ?? order.expiresMs + KEPT_LIFE_MS + KEPT_MS }
}

function putOrder(tx: Tx, order: Order): void {
  tx.put(acmeRows.order(order.id), order, orderCodec, expiryOf(order))
}

export async function newOrder(
  account: Account,
  payload: Readonly<Record<string, unknown>>,
  directory: Directory,
  context: EngineContext,
): Promise<Order> {
  const { store, random, clock } = context
  const given = await directoryTerms(directory, context)
  const { role, nowMs } = given
  const identifiers = askedIdentifiers(payload.identifiers)
  const moment = (name: 'notBefore' | 'notAfter'): string => {
    const value = payload[name]
    if (value === undefined) return ''
    if (typeof value !== 'string' || momentOf(value) === undefined)
      throw new Problem('malformed', `${name} is not a time of RFC 3339`)
    return value
  }
  const terms = { notBefore: moment('notBefore'), notAfter: moment('notAfter') }
  if ((momentOf(terms.notBefore) ?? nowMs) < nowMs - BACKDATED_MAX_MS)
    throw new Problem('malformed', 'notBefore is more than an hour ago, when nothing was proven')
  for (const name of ['notBefore', 'notAfter'] as const)
    if (terms[name] !== '' && role[name] !== '') throw new Problem('malformed', `${name} is what the role says it is`)
  await refuseNames(given, identifiers, terms, context)
  const { replaces } = payload
  if (replaces !== undefined) certificateId(replaces)
  const { new_order_limit: newLimit, pending_order_limit: pendingLimit } = await acmeConfig(store)
  countOrder(account.id, newLimit, context)
  const id = random.uuid()
  const authorizations = identifiers.map((identifier) => newAuthorization(account, id, identifier, nowMs, context))
  const order: Order = {
    id,
    accountId: account.id,
    status: 'pending',
    identifiers,
    authorizations: authorizations.map(({ id }) => id),
    expiresMs: nowMs + ORDER_LIFE_MS,
    keptUntilMs: keptUntil(role, nowMs),
    ...terms,
    role: directory.role,
    issuerRef: directory.issuerRef,
    serial: '',
    processingMs: 0,
    ...(typeof replaces === 'string' && { replaces }),
  }
  await store.transaction(async (tx) => {
    await refuseTooManyOpen(tx, account.id, pendingLimit, context)
    await markReplaced(tx, order, clock, expiryOf(order).expiresAtMs)
    for (const one of authorizations) putAuthorization(tx, one)
    putOrder(tx, order)
    putOpen(tx, order)
    tx.put(acmeRows.ordersOf(account.id) + order.id, '', textCodec, expiryOf(order))
  })
  return order
}

function newAuthorization(
  account: Account,
  orderId: string,
  identifier: Identifier,
  nowMs: number,
  { random }: EngineContext,
): Authorization {
  const wildcard = isWildcard(identifier)
  return {
    id: random.uuid(),
    accountId: account.id,
    orderId,
    identifier: wildcard ? { type: 'dns', value: identifier.value.slice(2) } : identifier,
    wildcard,
    status: 'pending',
    expiresMs: nowMs + ORDER_LIFE_MS,
    challenges: challengesFor(identifier).map((type) => ({
      type,
      token: random.bytes(TOKEN_BYTES).toString('base64url'),
      status: 'pending',
      validatedMs: 0,
      attempts: 0,
    })),
  }
}

function requestedLeaf(
  identifiers: readonly Identifier[],
  commonName: string,
  { notBefore, notAfter }: Pick<Order, 'notBefore' | 'notAfter'>,
): RequestedLeaf {
  const of = (type: Identifier['type']): readonly string[] =>
    identifiers.filter((one) => one.type === type).map(({ value }) => value)
  const altNames = { dns: of('dns'), ip: of('ip'), email: [], uri: [], other: [] }
  return {
    commonName,
    altNames: withCommonName(altNames, commonName, false),
    serialNumber: '',
    userIds: [],
    ttlSeconds: 0,
    notAfter,
    notBefore,
  }
}

/** What the role would not sign, or an authority does not allow, is refused before anything is proven. */
async function refuseNames(
  { role, issuer, nowMs }: Terms,
  identifiers: readonly Identifier[],
  terms: Pick<Order, 'notBefore' | 'notAfter'>,
  context: EngineContext,
): Promise<void> {
  const ca = storedCertificate(issuer.certificate)
  const key = { spec: specOf(ca.publicKey), spki: ca.spki }
  try {
    const { order } = leafOrder(
      role,
      requestedLeaf(identifiers, '', terms),
      key,
      truncating(issuer),
      asOf(nowMs, context),
    )
    await refuseNamesOutside(order, issuer, context)
  } catch (error) {
    if (error instanceof EgideError) throw new Problem('rejectedIdentifier', error.message)
    throw error
  }
}

/** The end that a role names, or would, is one of the moment at which its terms were read: a second later it would be too far. */
function asOf(nowMs: number, context: EngineContext): EngineContext {
  return { ...context, clock: { now: () => nowMs } }
}

/** Clients cannot ask for less: a certificate ends with its issuer rather than not being made. */
function truncating(issuer: IssuerDocument): IssuerDocument {
  return issuer.leafNotAfter === 'err' ? { ...issuer, leafNotAfter: 'truncate' } : issuer
}

/** Has the certificate made. A finalize that comes twice makes one certificate. Throws Problem. */
export async function finalize(
  id: string,
  account: Account,
  payload: Readonly<Record<string, unknown>>,
  context: EngineContext,
): Promise<Order> {
  const order = await ownOrder(id, account, context)
  if (order.status !== 'ready') throw new Problem('orderNotReady', `the order is ${order.status}`)
  const terms = await directoryTerms({ role: order.role, issuerRef: order.issuerRef }, context)
  const { role, issuer, nowMs } = terms
  const request = requestOf(payload.csr, role)
  checkRequest(request, order.identifiers)
  if (isSameKey(createPublicKey({ key: request.spki, format: 'der', type: 'spki' }), keyOf(account.jwk)))
    throw new Problem('badCSR', "the request's key is that of the account")
  const requested = requestedLeaf(order.identifiers, commonNameOf(request, order, terms), order)
  const leaf = asProblem(() => leafOrder(role, requested, request, truncating(issuer), asOf(nowMs, context)))
  await refuseNamesOutside(leaf.order, issuer, context).catch(refuseRequest)
  // max_ttl may have become longer since it was ordered.
  const kept: Order = { ...order, keptUntilMs: keptUntil(role, nowMs) }
  return asCarriedOut(kept, (alongside) => issue(leaf.order, issuer, context, alongside), context)
}

/** Longest common name (RFC 5280, appendix A.1). */
const COMMON_NAME_MAX = 64

function commonNameOf({ subject }: ParsedRequest, { identifiers }: Order, { role, namesFirst }: Terms): string {
  // As it was ordered and proven: there are letters beyond ASCII whose small form is within.
  const commonName = subject.commonName.toLowerCase()
  // An address was proven as one, and a role's rules for common names are about host names (uacme asks for both).
  if (commonName !== '' && isIP(commonName) === 0) return commonName
  if (!namesFirst || role.cnValidations.every((one) => one === 'email')) return ''
  return identifiers.find(({ type, value }) => type === 'dns' && value.length <= COMMON_NAME_MAX)?.value ?? ''
}

/**
 * The order moves on with its certificate, each time in one transaction: whatever dies in between, there is none that its
 * order does not know, and an order that was told to have come to nothing gets none later.
 */
async function asCarriedOut(
  order: Order,
  make: (alongside: Alongside) => Promise<unknown>,
  { store, clock, log }: EngineContext,
): Promise<Order> {
  const processing: Order = { ...order, status: 'processing', processingMs: clock.now() }
  const isOurs = (now: Order | undefined): boolean =>
    now?.status === 'processing' && now.processingMs === processing.processingMs
  let after = processing
  try {
    await make({
      begin: async (tx) => {
        const before = await tx.get(acmeRows.order(order.id), orderCodec)
        if (before?.status !== 'pending' && before?.status !== 'ready')
          throw new Problem('orderNotReady', `the order is ${before?.status ?? 'gone'}`)
        putOrder(tx, processing)
        dropOpen(tx, order)
      },
      end: async (tx, serial) => {
        const now = await tx.get(acmeRows.order(order.id), orderCodec)
        if (!isOurs(now) || isAbandoned(processing, clock.now()))
          throw new Problem('serverInternal', 'the certificate was not made in time')
        after = { ...processing, status: 'valid', serial }
        putOrder(tx, after)
        tx.put(acmeRows.ordersOf(order.accountId) + order.id, '', textCodec, expiryOf(after))
        tx.put(acmeRows.certificate(serial), order.accountId, textCodec, expiryOf(after))
      },
    })
    return after
  } catch (error) {
    const detail = error instanceof EgideError ? error.message : 'the certificate could not be made'
    const failure = { type: 'urn:ietf:params:acme:error:serverInternal', detail }
    const ended = await store.transaction(async (tx) => {
      if (!isOurs(await tx.get(acmeRows.order(order.id), orderCodec))) return undefined
      const invalid: Order = { ...processing, status: 'invalid', error: failure }
      putOrder(tx, invalid)
      return invalid
    })
    if (ended === undefined) return refuseRequest(error)
    log.warn({ err: error }, 'a certificate of an ACME order could not be made')
    return ended
  }
}

function requestOf(raw: unknown, role: Role) {
  if (typeof raw !== 'string' || !/^[\w-]+$/.test(raw)) throw new Problem('badCSR', 'csr is not base64url')
  return asProblem(() => {
    const request = parseRequestDer(Buffer.from(raw, 'base64url'))
    checkKey(role, request.spec)
    return request
  })
}

function asProblem<T>(work: () => T, kind: 'badCSR' | 'malformed' = 'badCSR'): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof EgideError) throw new Problem(kind, error.message)
    throw error
  }
}

function refuseRequest(error: unknown): never {
  if (error instanceof EgideError) throw new Problem('badCSR', error.message)
  throw error
}

function keyOf(jwk: Jwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
}

/** By the account that has it, by one that has proven all of its names, or by who signs with the certificate's own key. Throws Problem. */
export async function revokeByRequest(
  request: SignedRequest,
  payload: Readonly<Record<string, unknown>>,
  context: EngineContext,
): Promise<void> {
  const { store } = context
  const { certificate: raw, reason: rawReason = 0 } = payload
  if (typeof raw !== 'string' || !/^[\w-]+$/.test(raw)) throw new Problem('malformed', 'certificate is not base64url')
  const reason = Object.values(REASONS).find((one) => one === rawReason)
  if (reason === undefined) throw new Problem('badRevocationReason', `reasons are ${Object.values(REASONS).join(', ')}`)
  const certificate = asProblem(() => parseCertificate(Buffer.from(raw, 'base64url')), 'malformed')
  const kept = await store.get(rows.certificate(certificate.serial), certificateCodec)
  if (kept?.certificate === undefined || !kept.certificate.equals(certificate.der)) {
    await ownCertificate(certificate, context).catch(() => {
      throw new Problem('unauthorized', 'no issuer here signed the certificate')
    })
    throw new Problem('unauthorized', 'the certificate is not one of an order here')
  }
  const mayRevoke = request.usesKeyId
    ? await mayAccountRevoke(request, certificate, context)
    : isSameKey(keyOf(request.jwk), certificate.publicKey)
  if (!mayRevoke)
    throw new Problem(
      'unauthorized',
      'the certificate is of another account, this one has not proven all of its names, and its key has not signed',
    )
  if (kept.revocation !== undefined) throw new Problem('alreadyRevoked', 'the certificate was revoked already')
  const revocation = await revoke({ serial: certificate.serial, unkept: undefined }, reason, context)
  if (revocation === undefined) throw new Problem('malformed', 'the certificate has already expired')
}

/** What was not ordered by ACME is nobody's here: whoever has its names at the moment may have nothing to do with it. */
async function mayAccountRevoke(
  request: SignedRequest,
  certificate: ParsedCertificate,
  context: EngineContext,
): Promise<boolean> {
  const holder = await context.store.get(acmeRows.certificate(certificate.serial), textCodec)
  if (holder === undefined) return false
  return holder === request.account?.id || hasProvenAll(await accountOf(request, context), certificate, context)
}
