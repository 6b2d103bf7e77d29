import Type from 'typebox'
import type { Store } from '../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { notFound } from '../errors.ts'
import { field } from '../field.ts'
import { folder, pageFields, pageOf } from '../listing.ts'
import { MetadataReply, metadataReply } from './metadata-reply.ts'
import { loadRecord, RECORDS } from './record-store.ts'

const fields = {
  path: field.text({ required: true, description: 'The folder to list.' }),
  ...pageFields,
}
type ListRequest = EngineRequest<typeof fields>

export const detailedMetadata = route('detailed-metadata/:path**', {
  summary: 'List secrets together with their metadata',
  fields,
  returns: Type.Object({ keys: Type.Array(Type.String()), key_info: Type.Record(Type.String(), MetadataReply) }),
  operations: { list, scan },
})

async function list({ fields }: ListRequest, { store }: EngineContext): Promise<Reply> {
  const below = folder(fields.path)
  return detailed(store, below, await store.list(`${RECORDS}${below}`, pageOf(fields)))
}

async function scan({ fields }: ListRequest, { store }: EngineContext): Promise<Reply> {
  const below = folder(fields.path)
  return detailed(store, below, await store.scan(`${RECORDS}${below}`, pageOf(fields)))
}

/** A folder, and what was removed since the listing, has no information. */
async function detailed(store: Store, below: string, names: readonly string[]): Promise<Reply> {
  if (names.length === 0) throw notFound()
  const info: [string, object][] = []
  for (const name of names) {
    const record = name.endsWith('/') ? undefined : await loadRecord(store, `${below}${name}`)
    info.push([name, record === undefined ? {} : metadataReply(record)])
  }
  return { data: { keys: names, key_info: Object.fromEntries(info) } }
}
