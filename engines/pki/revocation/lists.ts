import type { Reader, Store, Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import { type IssuerDocument, keyCodec, type ListDocument, listCodec, markCodec, rows } from '../documents.ts'
import { allowedUsage, authorityOf, findIssuer } from '../issuers/find.ts'
import { revocationAlgorithmName, revocationSigning } from '../issuers/revocation-algorithm.ts'
import { deltaUrlsFor, shardUrlsFor } from '../issuing/urls.ts'
import { loadedKey } from '../keys.ts'
import { changeSecond } from '../modified.ts'
import { type Signer, signerOf } from '../x509/algorithms.ts'
import { uriName } from '../x509/alt-names.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { explicit, integer, sequence } from '../x509/der.ts'
import { authorityKeyIdentifier, distributionPoints, EXTENSION, type Extension } from '../x509/extensions.ts'
import { durationMs, type RevocationConfig, revocationConfig } from './config.ts'
import { allEntries, keepShards, pendingEntries, shardEntries } from './entries.ts'
import { entriesOfParts, isLong, keepAtHand, type ListPlace, type Part, partsBefore, storeParts } from './list-parts.ts'
import { signedList } from './signed-list.ts'

/**
 * Lists of revoked certificates (RFC 5280, 5). Certificates are spread over shards; a revocation marks its shard, and a
 * list is made when somebody asks for it and a mark has changed. So revoking costs the same however many are revoked,
 * and what is fetched is never older than the last revocation, on whatever node.
 */

export type Which = 'full' | 'delta' | { readonly shard: number }

/**
 * The list that is in force, made now where it has to be. Those who ask while it is made wait for it; that one may have
 * been begun before a revocation that they know of, the next was not.
 */
export async function currentList(issuer: IssuerDocument, which: Which, context: EngineContext): Promise<ListDocument> {
  const there = await listInForce(issuer, which, context)
  if (there !== undefined) return there
  const begunBefore = listsUnderWay(context.store).get(listKey(issuer, which))
  if (begunBefore === undefined) return begunList(issuer, which, context)
  await begunBefore.catch(() => {})
  return (await listInForce(issuer, which, context)) ?? begunList(issuer, which, context)
}

/** The list that is being made, or else one that is begun now. */
function begunList(issuer: IssuerDocument, which: Which, context: EngineContext): Promise<ListDocument> {
  const [underWay, key] = [listsUnderWay(context.store), listKey(issuer, which)]
  const there = underWay.get(key)
  if (there !== undefined) return there
  const begun = makeList(issuer, which, context).finally(() => underWay.delete(key))
  underWay.set(key, begun)
  return begun
}

/** By the mount. */
const underWayOf = new WeakMap<Store, Map<string, Promise<ListDocument>>>()

function listsUnderWay(store: Store): Map<string, Promise<ListDocument>> {
  const known = underWayOf.get(store)
  if (known !== undefined) return known
  const made = new Map<string, Promise<ListDocument>>()
  underWayOf.set(store, made)
  return made
}

const listKey = ({ id }: IssuerDocument, which: Which): string => `${id} ${nameOf(which)}`

async function listInForce(
  issuer: IssuerDocument,
  which: Which,
  context: EngineContext,
): Promise<ListDocument | undefined> {
  const { store, clock } = context
  const config = await revocationConfig(store)
  const base = which === 'delta' ? (await currentList(issuer, 'full', context)).number : 0
  const kept = await store.get(rows.list(authority(issuer), nameOf(which)), listCodec)
  const mark = await markOf(store, issuer, which)
  if (kept?.basis !== basisOf(issuer, config, base)) return undefined
  if (!isInItsPlace(kept, await placesOf(issuer, which, store))) return undefined
  return isInForce(kept, mark, config, which, clock.now()) ? kept : undefined
}

/** A verifier takes a shard's list only from where it says that it is (RFC 5280, 6.3.3), so other places need another one. */
function isInItsPlace({ places = [] }: ListDocument, now: readonly string[]): boolean {
  return now.length === 0 || (now.length === places.length && now.every((url, at) => url === places[at]))
}

/** Another node may make a list at the same time; then this one goes by what that one made, or tries again. */
const ATTEMPTS = 5

/** Makes a list now, whatever there is. */
export async function makeList(issuer: IssuerDocument, which: Which, context: EngineContext): Promise<ListDocument> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = await attemptList(issuer, which, context)
    if (made !== undefined) return made
  }
  throw beingMade()
}

function isInForce(kept: ListDocument, mark: string, config: RevocationConfig, which: Which, nowMs: number): boolean {
  if (nowMs >= kept.nextUpdateMs) return false
  const isFresh = kept.mark === mark
  if (config.auto_rebuild && which === 'full')
    return nowMs < kept.nextUpdateMs - durationMs(config, 'auto_rebuild_grace_period')
  if (which === 'delta') return isFresh || nowMs < kept.thisUpdateMs + durationMs(config, 'delta_rebuild_interval')
  // A list that nothing was added to is made anew in time for its readers to fetch the next.
  return isFresh && nowMs < kept.thisUpdateMs + (kept.nextUpdateMs - kept.thisUpdateMs) / 2
}

const authority = ({ certificate }: IssuerDocument): string => authorityOf(storedCertificate(certificate))

const placeOf = (issuer: IssuerDocument, which: Which): ListPlace => ({
  authority: authority(issuer),
  which: nameOf(which),
})

const nameOf = (which: Which): string => (typeof which === 'string' ? which : String(which.shard))

async function markOf(reader: Reader, issuer: IssuerDocument, which: Which): Promise<string> {
  const path = typeof which === 'string' ? rows.mark(authority(issuer)) : rows.shardMark(authority(issuer), which.shard)
  return (await reader.get(path, markCodec)) ?? ''
}

/** What a list depends on besides revocations, and how it is stored. `base`: number of the complete list, of a delta. */
function basisOf(issuer: IssuerDocument, config: RevocationConfig, base: number): string {
  const settings = [config.disable, config.expiry, config.enable_delta]
  // Not the issuer itself: those of one name and one key have one list, whoever of them is asked for it.
  const keyId = storedCertificate(issuer.certificate).keyId.toString('hex')
  return ['parts', base, keyId, revocationAlgorithmName(issuer), ...settings].join(' ')
}

/** Complete and delta lists share their numbers (RFC 5280, 5.2.3): the newer one, of whichever kind, has the greater. */
function besideOf({ authority, which }: ListPlace): string | undefined {
  if (which !== 'full' && which !== 'delta') return undefined
  return rows.list(authority, which === 'full' ? 'delta' : 'full')
}

/** Makes, signs and keeps a list. Undefined: another was made meanwhile that knew something else. */
async function attemptList(
  issuer: IssuerDocument,
  which: Which,
  context: EngineContext,
): Promise<ListDocument | undefined> {
  const { store, clock, random } = context
  const signer = await listSigner(issuer, store)
  const config = await revocationConfig(store)
  const mark = await markOf(store, issuer, which)
  const nowMs = Math.floor(clock.now() / 1000) * 1000
  const place = placeOf(issuer, which)
  const base = which === 'delta' ? await currentList(issuer, 'full', context) : undefined
  const pending = which === 'full' ? await store.list(rows.pending(place.authority)) : []
  // A listing may be ahead of what else is read; what leaves the delta list has to be on this one.
  if (pending.length > 0) await store.refresh()
  const places = await placesOf(issuer, which, store)
  const before = await store.get(rows.list(place.authority, place.which), listCodec)
  const beside = besideOf(place)
  const other = base ?? (beside === undefined ? undefined : await store.get(beside, listCodec))
  const read = config.disable ? [] : await entriesOf(which, before, place, store)
  const entries = read.map((part) => part.entries)
  const number = Math.max(before?.number ?? 0, other?.number ?? 0) + 1
  const nextUpdateMs = nowMs + durationMs(config, 'expiry')
  const numbers = numberExtensions(issuer, number, base?.number)
  const extensions = [...numbers, ...(await placeExtensions(issuer, which, places, config, store))]
  const { head, tail, digest } = await signedList({
    issuer,
    signer,
    thisUpdateMs: nowMs,
    nextUpdateMs,
    entries,
    extensions,
  })
  const long = isLong(entries) ? read : []
  const stored = await storeParts(long, random.uuid(), place, store)
  const made: ListDocument = {
    mark,
    basis: basisOf(issuer, config, base?.number ?? 0),
    number,
    head: long.length > 0 ? head : Buffer.concat([head, ...entries]),
    tail,
    parts: stored.parts,
    ...(places.length > 0 && { places }),
    digest,
    thisUpdateMs: nowMs,
    nextUpdateMs,
  }
  const kept = await replaceList(made, { place, before, other, pending, putParts: stored.put }, context)
  if (kept?.digest === digest) keepAtHand(long, digest, place, store)
  return kept
}

/** What a list was made of, and what goes with it. */
interface MadeFrom {
  readonly place: ListPlace
  /** The list whose place it takes, and the one that it shares its numbers with, as they were read. */
  readonly before: ListDocument | undefined
  readonly other: ListDocument | undefined
  /** Serial numbers that were on the delta list only, and are on this one. */
  readonly pending: readonly string[]
  readonly putParts: (tx: Tx) => void
}

/** Puts a list in the place of the one before. If another list was put there meanwhile: that one if it will do, or undefined. */
function replaceList(
  made: ListDocument,
  { place, before, other, pending, putParts }: MadeFrom,
  { store, clock }: EngineContext,
): Promise<ListDocument | undefined> {
  const path = rows.list(place.authority, place.which)
  const beside = besideOf(place)
  return store.transaction(async (tx) => {
    const there = await tx.get(path, listCodec)
    // Two lists of one number would be two truths, and the parts of the one before may be gone with it.
    if (there?.number !== before?.number)
      return there?.mark === made.mark && there.basis === made.basis ? there : undefined
    // What the complete list took over meanwhile may be missing in a delta to the one before.
    if (beside !== undefined && (await tx.get(beside, listCodec))?.number !== other?.number) return undefined
    const dated = { ...made, changed: changeSecond(there?.changed, clock.now()) }
    tx.put(path, dated, listCodec)
    putParts(tx)
    for (const serial of pending) tx.delete(rows.pending(place.authority) + serial)
    return dated
  })
}

/** A list as it is sent, in pieces. */
export interface WholeList {
  readonly list: ListDocument
  readonly pieces: readonly Buffer[]
}

/** `made`, with what lies beside it; or the one that has taken its place meanwhile. */
export async function wholeList(
  made: ListDocument,
  issuer: IssuerDocument,
  which: Which,
  context: EngineContext,
): Promise<WholeList> {
  let list = made
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const parts = await entriesOfParts(list, placeOf(issuer, which), context.store)
    if (parts !== undefined) return { list, pieces: [list.head, ...parts, list.tail] }
    await context.store.refresh()
    list = await currentList(issuer, which, context)
  }
  throw beingMade()
}

const beingMade = (): EgideError =>
  new EgideError('unavailable', 'the list of revoked certificates is being made anew: try again')

/** Throws `invalid_request` for an issuer that may not or cannot sign lists. */
export async function listSigner(issuer: IssuerDocument, store: Reader): Promise<Signer> {
  if (!allowedUsage(issuer).includes('crl-signing'))
    throw invalid('unable to find CRL for issuer: it may not sign lists of revoked certificates')
  const key = issuer.keyId === '' ? undefined : await store.get(rows.key(issuer.keyId), keyCodec)
  if (key === undefined) throw invalid('the issuer has no key here: it cannot sign lists of revoked certificates')
  return signerOf(loadedKey(key), revocationSigning(issuer))
}

/** `base`: number of the complete list that a delta list goes by. */
function numberExtensions({ certificate }: IssuerDocument, number: number, base: number | undefined): Extension[] {
  const extensions: Extension[] = [
    authorityKeyIdentifier(storedCertificate(certificate).keyId),
    { id: EXTENSION.crlNumber, critical: false, value: integer(number) },
  ]
  if (base !== undefined) extensions.push({ id: EXTENSION.deltaCrlIndicator, critical: true, value: integer(base) })
  return extensions
}

/** Where a shard's list is; of the other lists, and where nothing says so: none. */
async function placesOf(issuer: IssuerDocument, which: Which, store: Reader): Promise<readonly string[]> {
  return typeof which === 'string' ? [] : shardUrlsFor(store, issuer, which.shard)
}

/** Where deltas to a complete list are, where a shard's list itself is. Throws `invalid_request` for a shard without a place. */
async function placeExtensions(
  issuer: IssuerDocument,
  which: Which,
  places: readonly string[],
  config: RevocationConfig,
  store: Reader,
): Promise<Extension[]> {
  if (which === 'delta' || (which === 'full' && !config.enable_delta)) return []
  if (which === 'full') {
    // RFC 5280, 5.2.6: whoever has the list alone learns where what came after it is.
    const urls = await deltaUrlsFor(store, issuer)
    return urls.length === 0 ? [] : [distributionPoints(EXTENSION.freshestCrl, urls)]
  }
  // Without its name, a list of one shard could be passed off as the list of all (RFC 5280, 5.2.5).
  if (places.length === 0) throw invalid('there are no lists of shards: crl_distribution_points names none')
  const name = explicit(0, explicit(0, ...places.map(uriName)))
  return [{ id: EXTENSION.issuingDistributionPoint, critical: true, value: sequence(name) }]
}

/** `before`: the list whose place this one takes. */
async function entriesOf(
  which: Which,
  before: ListDocument | undefined,
  place: ListPlace,
  store: Store,
): Promise<readonly Part[]> {
  const { authority } = place
  if (which === 'delta') return [{ ...NEW, entries: await pendingEntries(authority, store) }]
  if (which !== 'full') return [{ ...NEW, ...(await shardEntries(authority, which.shard, store)) }]
  const all = await allEntries(authority, await partsBefore(before, place, store), store)
  // The parts of a long one are kept for the next anyway.
  if (!isLong(all.map(({ entries }) => entries))) await keepShards(authority, all, store)
  return all.map((part) => ({ ...NEW, ...part }))
}

const NEW = { name: undefined, shard: 0, mark: '', isKept: false } as const

/** The issuer that signs for a reference. Throws in the peers' words. */
export async function listIssuer(ref: string, { store }: EngineContext): Promise<IssuerDocument> {
  const issuer = await findIssuer(store, ref)
  if (issuer === undefined)
    throw invalid(
      ref === 'default' ? 'no default issuer currently configured' : `unable to find PKI issuer for reference: ${ref}`,
    )
  return issuer
}
