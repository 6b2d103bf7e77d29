import { invalid } from '../../../engines/errors.ts'
import type { NamespaceInfo } from '../../../engines/system/services/namespaces.ts'
import { json } from '../../../storage/codec.ts'

/** What root's store keeps of a namespace. What the namespace itself keeps lies under its own key, below `ns/<id>/`. */
export interface NamespaceRecord {
  /** Ends the texts of its tokens, accessors and leases; names its rows and keys. Never used twice. */
  readonly id: string
  readonly uuid: string
  readonly name: string
  readonly parentId: string
  /** Full, ending in '/'. */
  readonly path: string
  readonly customMetadata: Readonly<Record<string, string>>
  /** By its policies every denial that fits wins, also over closer paths. Absent: no. */
  readonly denyAlwaysWins?: boolean
  /** It has shares of its own, without which nobody reads what it and those below it keep. Absent: no. */
  readonly hasSeal?: boolean
  /** SHA-256 of the key that unlocks it; '' while it is not locked. */
  readonly lock: string
  /** Its deletion has begun: it takes no request. */
  readonly leaving: boolean
  readonly createdMs: number
}

/** Where the record of an id lies. */
export interface NamespacePlace {
  readonly parentId: string
  readonly name: string
}

/** A namespace on its way in or out. */
export interface Departure extends NamespacePlace {
  /** It goes, whoever still makes it. */
  readonly removing: boolean
}

/** What a namespace can be told, beside what it is called. */
export type NamespaceOptions = Pick<NamespaceRecord, 'denyAlwaysWins'>

/** What whoever makes one says of it. */
export type NamespaceOwn = Pick<NamespaceRecord, 'customMetadata' | 'hasSeal'> & NamespaceOptions

export const optionsCodec = json<NamespaceOptions>()
export const recordCodec = json<NamespaceRecord>()
export const placeCodec = json<NamespacePlace>()

export const departureCodec = json<Departure>()

/** Rows within root's store. */
export const namespaceRows = {
  below: (parentId: string): string => `namespaces/at/${parentId}/`,
  at: (parentId: string, name: string): string => `namespaces/at/${parentId}/${name}`,
  id: (id: string): string => `namespaces/id/${id}`,
  /** Root has no record. */
  rootOptions: 'namespaces/root',
  /** Due: of what is to be removed, and of what was never finished. */
  departures: 'namespaces/leaving/',
  departure: (id: string): string => `namespaces/leaving/${id}`,
} as const

export function infoOf(record: NamespaceRecord): NamespaceInfo {
  const { id, uuid, path, leaving, lock, customMetadata, denyAlwaysWins = false } = record
  return { id, uuid, path, tainted: leaving, locked: lock !== '', customMetadata, denyAlwaysWins }
}

/** How deep namespaces lie within each other. */
export const DEPTH_MAX = 8
const NAME_MAX_CHARS = 128

/** Paths that mean something in every namespace. */
const RESERVED = new Set(['root', 'sys', 'audit', 'auth', 'cubbyhole', 'identity'])

/** Of path segments that are never a namespace's name. */
export const isReserved = (segment: string): boolean => RESERVED.has(segment)

const PRINTED = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u

/** One name, as `ns1` or `ns1/`. Throws `invalid_request` for what can't name a namespace. */
export function checkedName(raw: string): string {
  const name = raw.endsWith('/') ? raw.slice(0, -1) : raw
  if (name === '') throw invalid('namespace name cannot be empty')
  if (name.includes('/')) throw invalid('namespace name cannot contain /')
  if (name.length > NAME_MAX_CHARS) throw invalid(`namespace name is longer than ${NAME_MAX_CHARS} characters`)
  // Two names that look alike to whatever folds case and forms are one name.
  const folded = name.normalize('NFKC').toLowerCase()
  if (RESERVED.has(folded) || /^\.+$/.test(folded)) {
    throw invalid(`"${name}" is a reserved path and cannot be used as a namespace name`)
  }
  if (/\s/u.test(name)) throw invalid(`"${name}" contains space characters that cannot be used in a namespace name`)
  if (/[+*]/.test(name)) throw invalid(`"${name}" contains wildcard characters that cannot be used in a namespace name`)
  if (!PRINTED.test(name) || name.normalize('NFC') !== name || /[%\\]/.test(name)) {
    throw invalid(`"${name}" contains characters that cannot be used in a namespace name`)
  }
  return name
}

const METADATA_KEYS_MAX = 64
const METADATA_KEY_MAX_CHARS = 128
const METADATA_VALUE_MAX_CHARS = 512

/** Throws `invalid_request` when there is more of it than is kept. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const entries = Object.entries(metadata)
  if (entries.length > METADATA_KEYS_MAX) throw invalid(`custom_metadata has more than ${METADATA_KEYS_MAX} keys`)
  for (const [key, value] of entries) {
    if (key === '' || key.length > METADATA_KEY_MAX_CHARS)
      throw invalid(`keys of custom_metadata have 1 to ${METADATA_KEY_MAX_CHARS} characters`)
    if (value.length > METADATA_VALUE_MAX_CHARS)
      throw invalid(`values of custom_metadata have at most ${METADATA_VALUE_MAX_CHARS} characters`)
  }
}
