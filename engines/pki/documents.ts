import { document, encoded, json } from '../../storage/codec.ts'
import type { Reader, Tx } from '../../storage/store.ts'
import type { Revocation } from './certificate-row.ts'
import type { KeyKind } from './x509/algorithms.ts'

export { type CertificateDocument, certificateCodec, type Revocation } from './certificate-row.ts'

/** What the engine stores. Moments are milliseconds since the epoch; documents that came out of the store are shared. */

export interface KeyDocument {
  readonly id: string
  readonly name: string
  readonly kind: KeyKind
  readonly bits: number
  readonly pkcs8: Buffer
}

export const USAGES = ['read-only', 'issuing-certificates', 'crl-signing', 'ocsp-signing'] as const
export type Usage = (typeof USAGES)[number]
export const NOT_AFTER_BEHAVIOURS = ['err', 'truncate', 'permit'] as const

/** Where a certificate says that more is to be had. */
export interface UrlsDocument {
  readonly issuingCertificates: readonly string[]
  readonly crlDistributionPoints: readonly string[]
  readonly deltaCrlDistributionPoints: readonly string[]
  readonly ocspServers: readonly string[]
  readonly templating: boolean
}
export const NO_URLS: UrlsDocument = {
  issuingCertificates: [],
  crlDistributionPoints: [],
  deltaCrlDistributionPoints: [],
  ocspServers: [],
  templating: false,
}

export interface IssuerDocument {
  readonly id: string
  readonly name: string
  /** '' where the key is not here. */
  readonly keyId: string
  readonly certificate: Buffer
  /** Issuers from this one up, as far as they are here. */
  readonly chain: readonly string[]
  /** As set by hand: stands in for what is found. */
  readonly manualChain: readonly string[]
  readonly leafNotAfter: (typeof NOT_AFTER_BEHAVIOURS)[number]
  readonly usage: readonly Usage[]
  /** Hash bits and padding of lists and OCSP answers; '' for what fits the key. */
  readonly revocationSignature: string
  readonly urls: UrlsDocument
  /** 0: it is not revoked. */
  readonly revokedAtMs: number
}

export interface IssuersConfig {
  readonly default: string
  readonly followsLatest: boolean
}

export interface KeysConfig {
  readonly default: string
}

export interface ClusterConfig {
  readonly path: string
  readonly aiaPath: string
}

/** A row of the list of what is revoked, by authority and shard. */
export interface RevokedDocument extends Revocation {
  readonly notAfterMs: number
}

/** What is signed of one shard: kept, so that only the shards that changed are read again. */
export interface ShardDocument {
  /** Of the shard, when it was read. */
  readonly mark: string
  /** The members of the list's SEQUENCE OF, in DER. */
  readonly entries: Buffer
}

/** A list as it was signed. Of a long one, the entries lie beside it in parts: those that stay as they are, the next one has too. */
export interface ListDocument {
  /** Of the authority, when it was made. */
  readonly mark: string
  /** The issuer that signed it, and the settings it was made under. */
  readonly basis: string
  readonly number: number
  /** The DER of the list up to its parts, and from there to its end. */
  readonly head: Buffer
  readonly tail: Buffer
  /** Absent of a list that a version before kept in one: its basis is none that lists have now, so it is made anew. */
  readonly parts?: readonly ListPart[]
  /** Of a shard's list: where it says that it is. Absent of the others, and of lists that were made before it was kept. */
  readonly places?: readonly string[]
  /** SHA-256 of what is signed and the signature, in hexadecimal. */
  readonly digest: string
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number
  /** Unix seconds; of each list of an authority another one. Absent of lists that were made before it was kept. */
  readonly changed?: number
}

/** Entries of one shard, in a row that is written once. */
export interface ListPart {
  readonly name: string
  readonly bytes: number
  readonly shard: number
  /** As ShardDocument.mark. */
  readonly mark: string
}

/** What the expiry view shows. */
export interface ExpiryDocument {
  readonly issuerId: string
  readonly role: string
  readonly commonName: string
  readonly names: readonly string[]
}

export const keyCodec = document<KeyDocument>()
export const issuerCodec = document<IssuerDocument>()
export const issuersConfigCodec = json<IssuersConfig>()
export const keysConfigCodec = json<KeysConfig>()
export const clusterConfigCodec = json<ClusterConfig>()
export const urlsCodec = json<UrlsDocument>()
export const revokedCodec = json<RevokedDocument>()
export const shardCodec = document<ShardDocument>()
export const listCodec = document<ListDocument>()
export const listPartCodec = encoded
export const markCodec = json<string>()
export const expiryCodec = json<ExpiryDocument>()

export const rows = {
  keys: 'keys/',
  key: (id: string): string => `keys/${id}`,
  issuers: 'issuers/',
  issuer: (id: string): string => `issuers/${id}`,
  issuersConfig: 'config/issuers',
  /** Not below `issuers/`, where ids alone stand. */
  issuersChanged: 'changed/issuers',
  keysConfig: 'config/keys',
  clusterConfig: 'config/cluster',
  urls: 'config/urls',
  certificates: 'certs/',
  certificate: (serial: string): string => `certs/${serial}`,
  /** By the moment of expiry, so that what expires soon is found without reading the rest. */
  expiries: 'expiries/',
  expiry: (notAfterMs: number, serial: string): string => `expiries/${moment(notAfterMs)}-${serial}`,
  /** Changes with each revocation: what was made under another mark is made anew. */
  mark: (authority: string): string => `crl/marks/${authority}/all`,
  shardMark: (authority: string, shard: number): string => `crl/marks/${authority}/${shard}`,
  shard: (authority: string, shard: number): string => `crl/shards/${authority}/${shard}`,
  /** `which`: full, delta, or a shard's number. */
  list: (authority: string, which: string): string => `crl/lists/${authority}/${which}`,
  listParts: (authority: string, which: string): string => `crl/parts/${authority}/${which}/`,
  /** Revoked since the last complete list, where there are delta lists. */
  pending: (authority: string): string => `crl/pending/${authority}/`,
  authorities: 'revoked/',
  shards: (authority: string): string => `revoked/${authority}/`,
  revokedIn: (authority: string, shard: number): string => `revoked/${authority}/${shard}/`,
  revoked: (authority: string, shard: number, serial: string): string => `revoked/${authority}/${shard}/${serial}`,
} as const

/** Sorts as the moments do. */
export function moment(ms: number): string {
  return String(Math.max(0, ms)).padStart(16, '0')
}

/** All documents below a prefix of which there are few: they are read at once, without pages. */
export async function readAll<T>(
  reader: Reader | Tx,
  prefix: string,
  read: (path: string) => Promise<T | undefined> | T | undefined,
): Promise<T[]> {
  const found: T[] = []
  for (const name of await reader.list(prefix)) {
    const one = await read(prefix + name)
    if (one !== undefined) found.push(one)
  }
  return found
}
