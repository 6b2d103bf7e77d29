import type { Reader, Store } from '../../../../storage/store.ts'
import { notFound } from '../../../errors.ts'
import { type pageFields, pageOf } from '../../../listing.ts'
import { readEach } from '../../shown.ts'
import {
  ALLOW_ALL,
  type Assignment,
  assignmentCodec,
  type Client,
  clientCodec,
  clientNameCodec,
  DEFAULT_PROVIDER,
  type Provider,
  providerCodec,
  providerRows,
} from './documents.ts'

/** Looking things up, those among them that are there without having been made. */

type Reads = Pick<Reader, 'get'>
type Lists = Pick<Reader, 'get' | 'list'>

const EVERYBODY: Assignment = { entityIds: ['*'], groupIds: ['*'] }
const FOR_ALL: Provider = { issuer: '', allowedClientIds: ['*'], scopes: [] }

export async function assignmentNamed(reader: Reads, name: string): Promise<Assignment | undefined> {
  return name === ALLOW_ALL ? EVERYBODY : reader.get(providerRows.assignment(name), assignmentCodec)
}

export async function providerNamed(reader: Reads, name: string): Promise<Provider | undefined> {
  const found = await reader.get(providerRows.provider(name), providerCodec)
  return found ?? (name === DEFAULT_PROVIDER ? FOR_ALL : undefined)
}

/** Each once, in byte order, as Vault keeps them. */
export function distinct(list: readonly string[]): readonly string[] {
  return [...new Set(list)].sort()
}

/** Whether a list of clients, of a provider or a key, names this one. */
export function isAllowed(clientIds: readonly string[], clientId: string): boolean {
  return clientIds.includes('*') || clientIds.includes(clientId)
}

/** A client with the name that it has. */
export interface NamedClient {
  readonly name: string
  readonly client: Client
}

/** Ids are made here: whatever else is asked for is no id. */
export async function clientWithId(reader: Reads, id: string): Promise<Client | undefined> {
  if (!/^[0-9A-Za-z]{32}$/.test(id)) return undefined
  const found = await reader.get(providerRows.clientId(id), clientNameCodec)
  return found && reader.get(providerRows.client(found.name), clientCodec)
}

export async function clientsIn(reader: Lists, names?: readonly string[]): Promise<readonly NamedClient[]> {
  return readEach(names ?? (await reader.list(providerRows.clients)), async (name) => {
    const client = await reader.get(providerRows.client(name), clientCodec)
    return client && { name, client }
  })
}

type PageFields = { readonly [K in keyof typeof pageFields]: (typeof pageFields)[K]['fallback'] }

/** Names of a page below `prefix`, with one that is there whether it has a row or not. Throws `not_found` for none. */
export async function namesWith(store: Store, prefix: string, builtIn: string, fields: PageFields): Promise<string[]> {
  const page = pageOf(fields)
  const names = await store.list(prefix, page)
  const isOfPage = builtIn > fields.after && !names.includes(builtIn)
  const all = isOfPage ? [...names, builtIn].sort() : names
  const shown = page.limit === undefined ? all : all.slice(0, page.limit)
  if (shown.length === 0) throw notFound()
  return shown
}
