import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { resourceOf } from '../arn.ts'
import { refused } from '../errors.ts'
import { dueMs, type Key, keyCodec } from './key.ts'

/** Prefix of the keys, by id. */
export const KEYS = 'keys/'
/** Prefix of one row for each key that something has to be done to, `TIME.ID`: in the order in which they are due. */
export const DUE = 'due/'
const dueCodec = json<Record<string, never>>()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const isKeyId = (text: string): boolean => UUID.test(text)

/** Prefix of the aliases. */
export const ALIASES = 'aliases/'
export const aliasCodec = json<Alias>()
export interface Alias {
  /** Without `alias/`. */
  readonly name: string
  readonly keyId: string
  readonly createdMs: number
  readonly updatedMs: number
}

const ALIAS = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/
const ALIAS_MAX = 250

/**
 * The name of an alias, which is written without `alias/`: with it a path would name the same alias and be another path to
 * policies. Throws InvalidAliasName.
 */
export function aliasName(name: string): string {
  if (isAliasName(name)) return name
  throw refused(
    'InvalidAliasName',
    `an alias has up to ${ALIAS_MAX} letters, digits, "_", "-" and single "/" within; it is no key id and is not in aws/ or alias/`,
  )
}

const PREFIX = 'alias/'

/** The name in what refers to a key by an alias, in a field or an ARN. */
export const referredName = (text: string): string => (text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text)

const isAliasName = (name: string): boolean =>
  name.length <= ALIAS_MAX && ALIAS.test(name) && !UUID.test(name.toLowerCase()) && !/^(?:aws|alias)\//.test(name)

/** Names have '/' and rows may not; no name has '.', and the order stays the same. */
export const aliasRow = (name: string): string => name.replaceAll('/', '.')
export const aliasOfRow = (row: string): string => row.replaceAll('.', '/')

export async function loadAlias(reader: Reader, name: string): Promise<Alias | undefined> {
  return reader.get(ALIASES + aliasRow(name), aliasCodec)
}

/**
 * The id that a reference names: a key id, an alias with or without `alias/`, or the ARN of either. Throws NotFound and
 * InvalidArn. That there is a key of this id is not looked at.
 */
export async function keyIdOf(reader: Reader, reference: string, context: EngineContext): Promise<string> {
  const resource = reference.startsWith('arn:') ? resourceOf(context, reference) : reference
  const id = resource.startsWith('key/') ? resource.slice('key/'.length) : resource
  if (isKeyId(id)) return id
  const name = referredName(resource)
  const alias = isAliasName(name) ? await loadAlias(reader, name) : undefined
  if (alias === undefined) throw refused('NotFound', 'no key has this id or alias')
  return alias.keyId
}

/** Throws as `keyIdOf`, and NotFound where there is no key. */
export async function neededKey(reader: Reader, reference: string, context: EngineContext): Promise<Key> {
  const id = await keyIdOf(reader, reference, context)
  const key = await loadKey(reader, id)
  if (key === undefined) throw refused('NotFound', `key ${id} does not exist`)
  return key
}

export async function loadKey(reader: Reader, id: string): Promise<Key | undefined> {
  return reader.get(KEYS + id, keyCodec)
}

/** `before` is the key as it was; undefined: it is new. */
export function saveKey(tx: Tx, key: Key, before: Key | undefined): void {
  tx.put(KEYS + key.id, key, keyCodec)
  const [was, is] = [before && dueRow(before), dueRow(key)]
  if (was !== undefined && was !== is) tx.delete(was)
  if (is !== undefined && was !== is) tx.put(is, {}, dueCodec)
}

export function deleteKey(tx: Tx, key: Key): void {
  tx.delete(KEYS + key.id)
  const row = dueRow(key)
  if (row !== undefined) tx.delete(row)
}

const TIME_DIGITS = 15

function dueRow(key: Key): string | undefined {
  const atMs = dueMs(key)
  return atMs === undefined ? undefined : `${DUE}${String(atMs).padStart(TIME_DIGITS, '0')}.${key.id}`
}

/** What the name of a row below DUE says. */
export function parsedDueRow(row: string): { readonly atMs: number; readonly id: string } {
  return { atMs: Number(row.slice(0, TIME_DIGITS)), id: row.slice(TIME_DIGITS + 1) }
}
