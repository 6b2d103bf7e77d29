import { json } from '../../../storage/codec.ts'
import type { Page, Reader, Tx } from '../../../storage/store.ts'
import { authorize, type Call } from '../access/authorization.ts'
import { refused } from '../errors.ts'
import { permittedKey, refuseStates } from '../usable-key.ts'
import type { Key } from './key.ts'
import { specOf } from './key-specs.ts'
import { ALIASES, type Alias, aliasCodec, aliasName, aliasOfRow, aliasRow, loadAlias, loadKey } from './key-store.ts'
import { NOT_LEAVING } from './lifecycle.ts'

/** Names of keys, each unique in the mount. One that moves to another key takes those along who use it. */

/** Prefix of one row for each alias of a key. */
const OF_KEYS = 'key-aliases/'
const markCodec = json<Record<string, never>>()
const PER_KEY_MAX = 50

/** `create`: the alias is new. `move`: it is there. `put`: either. */
export type AliasMode = 'create' | 'move' | 'put'

/** Throws InvalidAliasName, AlreadyExists, NotFound, LimitExceeded, AccessDenied, InvalidState. */
export function putAlias(call: Call, reference: string, text: string, mode: AliasMode): Promise<Alias> {
  const name = aliasName(text)
  return call.context.store.transaction(async (tx) => {
    const before = await loadAlias(tx, name)
    if (before === undefined && mode === 'move') throw refused('NotFound', `alias ${name} does not exist`)
    if (before !== undefined && mode === 'create') throw refused('AlreadyExists', `alias ${name} exists already`)
    const action = before === undefined ? 'CreateAlias' : 'UpdateAlias'
    const key = await permittedKey(call, tx, reference, { action })
    refuseStates(call, key, NOT_LEAVING)
    if (before !== undefined) await leave(call, tx, before, key)
    return attachAlias(call, tx, key, name, before)
  })
}

/** Makes an alias point to the key. For a key that the caller may name. */
export async function attachAlias(call: Call, tx: Tx, key: Key, name: string, before?: Alias): Promise<Alias> {
  const nowMs = call.context.clock.now()
  const rows = `${OF_KEYS}${key.id}/`
  if ((await tx.list(rows)).length >= PER_KEY_MAX) {
    throw refused('LimitExceeded', `a key has at most ${PER_KEY_MAX} aliases`)
  }
  const alias = { name, keyId: key.id, createdMs: before?.createdMs ?? nowMs, updatedMs: nowMs }
  tx.put(ALIASES + aliasRow(name), alias, aliasCodec)
  tx.put(rows + aliasRow(name), {}, markCodec)
  return alias
}

/** The key that an alias is taken from must allow it, and be of the same use and kind: AWS moves none between others. */
async function leave(call: Call, tx: Tx, { name, keyId }: Alias, to: Key): Promise<void> {
  const from = await loadKey(tx, keyId)
  if (from === undefined) return
  await authorize(call, tx, from, { action: 'UpdateAlias' })
  if (from.usage !== to.usage || specOf(from).material.kind !== specOf(to).material.kind) {
    throw refused('InvalidState', `alias ${name} is of a key of another usage or kind: delete it first`)
  }
  tx.delete(`${OF_KEYS}${keyId}/${aliasRow(name)}`)
}

/** Throws InvalidAliasName, NotFound. */
export async function readAlias({ context }: Call, text: string): Promise<Alias> {
  const name = aliasName(text)
  const alias = await loadAlias(context.store, name)
  if (alias === undefined) throw refused('NotFound', `alias ${name} does not exist`)
  return alias
}

/** The key stays as it is. Throws InvalidAliasName, NotFound, AccessDenied. */
export function deleteAlias(call: Call, text: string): Promise<void> {
  const name = aliasName(text)
  return call.context.store.transaction(async (tx) => {
    const alias = await loadAlias(tx, name)
    if (alias === undefined) throw refused('NotFound', `alias ${name} does not exist`)
    const key = await loadKey(tx, alias.keyId)
    if (key !== undefined) await authorize(call, tx, key, { action: 'DeleteAlias' })
    tx.delete(ALIASES + aliasRow(name))
    tx.delete(`${OF_KEYS}${alias.keyId}/${aliasRow(name)}`)
  })
}

/** Names in byte order, from after `after`. */
export async function listAliases(call: Call, page: Page): Promise<readonly string[]> {
  const rows = await call.context.store.list(ALIASES, { ...page, after: aliasRow(page.after ?? '') })
  return rows.map(aliasOfRow)
}

/** The names of a key, in byte order. */
export async function aliasesOf(reader: Reader, keyId: string, page: Page = {}): Promise<readonly string[]> {
  return (await reader.list(`${OF_KEYS}${keyId}/`, { ...page, after: aliasRow(page.after ?? '') })).map(aliasOfRow)
}

/** Of a key that goes. */
export async function dropAliases(tx: Tx, keyId: string): Promise<void> {
  for (const name of await aliasesOf(tx, keyId)) {
    tx.delete(ALIASES + aliasRow(name))
    tx.delete(`${OF_KEYS}${keyId}/${aliasRow(name)}`)
  }
}
