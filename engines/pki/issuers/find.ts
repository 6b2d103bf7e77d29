import { createHash } from 'node:crypto'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { EgideError, invalid } from '../../errors.ts'
import {
  type IssuerDocument,
  type IssuersConfig,
  issuerCodec,
  issuersConfigCodec,
  type KeyDocument,
  type KeysConfig,
  keyCodec,
  keysConfigCodec,
  readAll,
  rows,
  USAGES,
  type Usage,
} from '../documents.ts'
import { isSigned, specOf } from '../x509/algorithms.ts'
import { type ParsedCertificate, storedCertificate } from '../x509/certificate.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const NO_ISSUERS: IssuersConfig = { default: '', followsLatest: false }

export function issuersConfig(reader: Reader): Awaitable<IssuersConfig> {
  const stored = reader.get(rows.issuersConfig, issuersConfigCodec)
  return stored instanceof Promise ? stored.then((late) => late ?? NO_ISSUERS) : (stored ?? NO_ISSUERS)
}

export async function keysConfig(reader: Reader): Promise<KeysConfig> {
  return (await reader.get(rows.keysConfig, keysConfigCodec)) ?? { default: '' }
}

export async function allIssuers(reader: Reader): Promise<IssuerDocument[]> {
  return readAll(reader, rows.issuers, (path) => reader.get(path, issuerCodec))
}

export async function allKeys(reader: Reader): Promise<KeyDocument[]> {
  return readAll(reader, rows.keys, (path) => reader.get(path, keyCodec))
}

const NO_DEFAULT = 'no default issuer currently configured'

/** By id, name or `default`. Undefined: there is none. */
export function findIssuer(reader: Reader, ref: string): Awaitable<IssuerDocument | undefined> {
  if (UUID.test(ref)) return reader.get(rows.issuer(ref), issuerCodec)
  if (ref !== 'default')
    return allIssuers(reader).then((issuers) => issuers.find(({ name }) => name !== '' && name === ref))
  const config = issuersConfig(reader)
  return config instanceof Promise ? config.then((late) => defaultOf(late, reader)) : defaultOf(config, reader)
}

function defaultOf({ default: id }: IssuersConfig, reader: Reader): Awaitable<IssuerDocument | undefined> {
  return id === '' ? undefined : reader.get(rows.issuer(id), issuerCodec)
}

/** As `findIssuer`; throws in the peers' words. */
export function issuerNamed(reader: Reader, ref: string): Awaitable<IssuerDocument> {
  const found = findIssuer(reader, ref)
  return found instanceof Promise ? found.then((late) => thereIs(late, ref)) : thereIs(found, ref)
}

function thereIs(found: IssuerDocument | undefined, ref: string): IssuerDocument {
  if (found !== undefined) return found
  // As peers have it, a missing issuer is the server's lack, not the path's.
  throw new EgideError(
    'invalid_request',
    ref === 'default'
      ? `error fetching CA certificate: ${NO_DEFAULT}`
      : `unable to find PKI issuer for reference: ${ref}`,
  )
}

export async function findKey(reader: Reader, ref: string): Promise<KeyDocument | undefined> {
  if (ref === 'default') {
    const { default: id } = await keysConfig(reader)
    return id === '' ? undefined : reader.get(rows.key(id), keyCodec)
  }
  if (UUID.test(ref)) return reader.get(rows.key(ref), keyCodec)
  return (await allKeys(reader)).find(({ name }) => name !== '' && name === ref)
}

export async function keyNamed(reader: Reader, ref: string): Promise<KeyDocument> {
  const found = await findKey(reader, ref)
  if (found === undefined) throw invalid(`unable to find PKI key for reference: ${ref}`)
  return found
}

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/
const NAME_MAX = 255

/** A free name for an issuer or key, or ''. Throws `invalid_request`. */
export function checkedName(
  kind: 'issuer' | 'key',
  name: string,
  taken: readonly { readonly id: string; readonly name: string }[],
  own = '',
): string {
  if (name === '') return ''
  if (name === 'default') throw invalid(`reserved keyword 'default' can not be used as ${kind} name`)
  if (!NAME.test(name) || name.length > NAME_MAX || UUID.test(name))
    throw invalid(`${kind} name contained invalid characters`)
  if (taken.some((one) => one.name === name && one.id !== own)) throw invalid(`${kind} name already in use`)
  return name
}

/** The same for all issuers with one name and one key: they revoke on one list. */
export function authorityOf(certificate: Pick<ParsedCertificate, 'subjectDer' | 'spki'>): string {
  const known = authorities.get(certificate)
  if (known !== undefined) return known
  const { subjectDer, spki } = certificate
  const made = createHash('sha256').update(subjectDer).update(spki).digest('hex').slice(0, 32)
  authorities.set(certificate, made)
  return made
}

const authorities = new WeakMap<Pick<ParsedCertificate, 'subjectDer' | 'spki'>, string>()

/** What an issuer is used for where nobody says: all that its key and certificate allow. */
export function firstUsage({
  keyId,
  ...issuer
}: Pick<IssuerDocument, 'keyId' | 'certificate' | 'revokedAtMs'>): readonly Usage[] {
  return keyId === '' ? ['read-only'] : allowedUsage({ ...issuer, usage: USAGES })
}

/**
 * What an issuer is used for, without lists that its certificate does not allow it to sign, and without certificates where it
 * was revoked, which nobody can take back; versions before gave it these too.
 */
export function allowedUsage({
  usage,
  certificate,
  revokedAtMs,
}: Pick<IssuerDocument, 'usage' | 'certificate' | 'revokedAtMs'>): readonly Usage[] {
  const { keyUsages } = storedCertificate(certificate)
  const signsLists = keyUsages === undefined || keyUsages.includes('CRLSign')
  const isAllowed = (one: Usage): boolean =>
    one === 'crl-signing' ? signsLists : one !== 'issuing-certificates' || revokedAtMs === 0
  return usage.every(isAllowed) ? usage : usage.filter(isAllowed)
}

/** Whether `parent` signed `child`. */
export function isSignedBy(child: ParsedCertificate, parent: ParsedCertificate): boolean {
  if (!child.issuerDer.equals(parent.subjectDer)) return false
  const { publicKey } = parent
  return isSigned(child.algorithm, child.tbs, child.signature, publicKey, specOf(publicKey).kind)
}

const CHAIN_MAX = 20

/** The issuers from `start` up, each signed by the next, as far as they are here. */
export function chainFrom(start: IssuerDocument, issuers: readonly IssuerDocument[]): readonly string[] {
  if (start.manualChain.length > 0) return start.manualChain
  const chain = [start]
  while (chain.length < CHAIN_MAX) {
    const last = chain.at(-1)
    const child = last && storedCertificate(last.certificate)
    if (child === undefined || child.issuerDer.equals(child.subjectDer)) break
    const parent = issuers.find((one) => !chain.includes(one) && isSignedBy(child, storedCertificate(one.certificate)))
    if (parent === undefined) break
    chain.push(parent)
  }
  return chain.map(({ id }) => id)
}

/** Writes the issuers, with the chains that all of them now have. */
export function putIssuers(tx: Tx, issuers: readonly IssuerDocument[], changed: ReadonlySet<string>): void {
  for (const issuer of issuers) {
    const chain = chainFrom(issuer, issuers)
    const isSame = chain.length === issuer.chain.length && chain.every((id, at) => id === issuer.chain[at])
    if (isSame && !changed.has(issuer.id)) continue
    tx.put(rows.issuer(issuer.id), { ...issuer, chain }, issuerCodec)
  }
}

/** The certificates of an issuer's chain, its own first. */
export function chainCertificates(reader: Reader, issuer: IssuerDocument): Awaitable<readonly Buffer[]> {
  const chain = issuer.chain.map((id) => (id === issuer.id ? issuer : reader.get(rows.issuer(id), issuerCodec)))
  return areHere(chain) ? certificatesOf(chain) : Promise.all(chain).then(certificatesOf)
}

type Found = IssuerDocument | undefined

function areHere(chain: readonly Awaitable<Found>[]): chain is readonly Found[] {
  return !chain.some((one) => one instanceof Promise)
}

function certificatesOf(chain: readonly Found[]): readonly Buffer[] {
  return chain.flatMap((one) => (one === undefined ? [] : [one.certificate]))
}
