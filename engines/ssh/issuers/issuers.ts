import type { KeyObject } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { document, json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { invalid } from '../../errors.ts'

/** The keys that certificates are signed with, as they are stored: https://openbao.org/api-docs/secret/ssh/ */

export interface IssuerDocument {
  readonly id: string
  /** '' for none. */
  readonly name: string
  /** The line of its public key; of an imported one as it was given, comment and all. */
  readonly publicKey: string
  readonly pkcs8: Buffer
}

interface IssuersConfig {
  /** Id of the default issuer; '' for none. */
  readonly default: string
}

const issuerCodec = document<IssuerDocument>()
const configCodec = json<IssuersConfig>()
export const ISSUERS = 'issuers/'
const CONFIG = 'config/issuers'
/** What a name is looked up among, so that this stays quick. */
const ISSUERS_MAX = 100
export const DEFAULT = 'default'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NAME = /^\w(?:[\w.-]*\w)?$/
const NAME_MAX = 255

export async function defaultIssuerId(reader: Reader): Promise<string> {
  return (await reader.get(CONFIG, configCodec))?.default ?? ''
}

export async function issuerOfId(reader: Reader, id: string): Promise<IssuerDocument | undefined> {
  return reader.get(ISSUERS + id, issuerCodec)
}

export async function allIssuers(reader: Reader): Promise<IssuerDocument[]> {
  const found = await Promise.all((await reader.list(ISSUERS)).map((id) => issuerOfId(reader, id)))
  return found.filter((issuer) => issuer !== undefined)
}

/** By id, name or `default`. Undefined: there is none. */
export async function findIssuer(reader: Reader, ref: string): Promise<IssuerDocument | undefined> {
  const trimmed = ref.trim()
  if (trimmed.toLowerCase() === DEFAULT) {
    const id = await defaultIssuerId(reader)
    return id === '' ? undefined : issuerOfId(reader, id)
  }
  const byId = UUID.test(trimmed) ? await issuerOfId(reader, trimmed) : undefined
  return byId ?? (await allIssuers(reader)).find(({ name }) => name !== '' && name === trimmed)
}

/** As `findIssuer`; throws `invalid_request` in the peers' words. */
export async function issuerNamed(reader: Reader, ref: string): Promise<IssuerDocument> {
  const found = await findIssuer(reader, ref)
  if (found !== undefined) return found
  throw invalid(
    ref.trim().toLowerCase() === DEFAULT
      ? 'no default issuer currently configured'
      : `unable to find issuer for reference: ${JSON.stringify(ref.slice(0, NAME_MAX)).slice(1, -1)}`,
  )
}

/** A name that no other issuer has. Throws `invalid_request`. */
export function checkedName(sent: string, others: readonly IssuerDocument[]): string {
  const name = sent.trim()
  if (name === '') throw invalid('expected non-empty issuer name')
  if (name.toLowerCase() === DEFAULT) throw invalid("reserved keyword 'default' can not be used as issuer name")
  if (name.length > NAME_MAX || !NAME.test(name)) throw invalid('issuer name contained invalid characters')
  if (others.some((issuer) => issuer.name === name || issuer.id === name)) throw invalid('issuer name already in use')
  return name
}

export function putIssuer(tx: Tx, issuer: IssuerDocument): void {
  tx.put(ISSUERS + issuer.id, issuer, issuerCodec)
}

export function checkRoom(issuers: readonly IssuerDocument[]): void {
  if (issuers.length >= ISSUERS_MAX) throw invalid(`there are ${ISSUERS_MAX} issuers here already: remove one first`)
}

/** '': there is none. */
export function putDefault(tx: Tx, id: string): void {
  tx.put(CONFIG, { default: id }, configCodec)
}

/** Whether it was the default. */
export async function removeIssuer(tx: Tx, id: string): Promise<boolean> {
  tx.delete(ISSUERS + id)
  const wasDefault = (await defaultIssuerId(tx)) === id
  if (wasDefault) putDefault(tx, '')
  return wasDefault
}

const loaded = new WeakMap<IssuerDocument, KeyObject>()

/** The key of a document, made once for as long as the document is cached. */
export function loadedKey(issuer: IssuerDocument): KeyObject {
  const known = loaded.get(issuer)
  if (known !== undefined) return known
  const made = createPrivateKey({ key: issuer.pkcs8, format: 'der', type: 'pkcs8' })
  loaded.set(issuer, made)
  return made
}
