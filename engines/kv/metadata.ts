import { type EngineContext, type Reply, route } from '../engine.ts'
import { notFound } from '../errors.ts'
import { folder, listed, pageOf } from '../listing.ts'
import { lookedUp, removed, writable } from '../secret-path.ts'
import { checkMetadataCas } from './check-and-set.ts'
import { rootReply } from './invalid-path.ts'
import { fields, type MetadataRequest } from './metadata-fields.ts'
import { MetadataReply, metadataReply } from './metadata-reply.ts'
import { newRecord, type SecretRecord } from './record.ts'
import { deleteRecord, hasRecord, loadRecord, RECORDS, saveRecord } from './record-store.ts'
import { changedSettings, ignoredWarnings, patchedSettings, sentSettings } from './secret-settings.ts'
import { loadSettings } from './settings.ts'
import { isWatch, WatchEvent, watched } from './watch.ts'

export const metadata = route('metadata/:path**', {
  summary: 'List secrets; read, set and patch what is kept beside their versions; remove a secret for good',
  fields,
  exists: (request, { store }) => hasRecord(store, lookedUp(request.fields.path)),
  operations: {
    read: { handler: read, returns: MetadataReply },
    create: write,
    update: write,
    patch,
    delete: remove,
    list: { handler: list, events: WatchEvent },
    scan,
  },
})

async function read(request: MetadataRequest, { store }: EngineContext): Promise<Reply> {
  if (request.fields.path === '') return rootReply
  const record = await loadRecord(store, lookedUp(request.fields.path))
  if (record === undefined) throw notFound()
  return { data: metadataReply(record) }
}

async function write(request: MetadataRequest, { store, clock }: EngineContext): Promise<Reply | undefined> {
  if (request.path === 'metadata') return rootReply
  const path = writable(request)
  const sent = sentSettings(request)
  if (sent === undefined) return undefined
  return store.transaction(async (tx) => {
    const mount = await loadSettings(tx)
    const before = await loadRecord(tx, path)
    checkMetadataCas(metadataCas(request), mount, before)
    const nowMs = clock.now()
    const record = before ?? newRecord(nowMs)
    saveRecord(tx, path, before, withSettings(record, changedSettings(record.settings, sent), nowMs))
    return ignoredWarnings(sent, mount)
  })
}

async function patch(request: MetadataRequest, { store, clock }: EngineContext): Promise<Reply | undefined> {
  if (request.path === 'metadata') return rootReply
  const path = writable(request)
  const sent = sentSettings(request)
  if (sent === undefined) return undefined
  return store.transaction(async (tx) => {
    const mount = await loadSettings(tx)
    const before = await loadRecord(tx, path)
    if (before === undefined) throw notFound()
    checkMetadataCas(metadataCas(request), mount, before)
    saveRecord(tx, path, before, withSettings(before, patchedSettings(before.settings, sent), clock.now()))
    return ignoredWarnings(sent, mount)
  })
}

/** `null` is 0, as everywhere. */
function metadataCas(request: MetadataRequest): number | undefined {
  return request.has('metadata_cas') ? (request.fields.metadata_cas ?? 0) : undefined
}

function withSettings(record: SecretRecord, settings: SecretRecord['settings'], nowMs: number): SecretRecord {
  return {
    ...record,
    updatedMs: nowMs,
    settings: { ...settings, metadataVersion: record.settings.metadataVersion + 1 },
    last: { kind: 'metadata', version: 0 },
  }
}

async function remove(request: MetadataRequest, { store }: EngineContext): Promise<Reply | undefined> {
  if (request.fields.path === '') return rootReply
  const path = removed(request.fields.path)
  if (path === undefined) return undefined
  await store.transaction(async (tx) => {
    const record = await loadRecord(tx, path)
    if (record !== undefined) deleteRecord(tx, path, record)
  })
  return undefined
}

async function list(request: MetadataRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  if (isWatch(request)) return watched(request, context, 'versioned', folder(fields.path))
  const { store } = context
  return listed(await store.list(`${RECORDS}${folder(fields.path)}`, pageOf(fields)))
}

async function scan({ fields }: MetadataRequest, { store }: EngineContext): Promise<Reply> {
  return listed(await store.scan(`${RECORDS}${folder(fields.path)}`, pageOf(fields)))
}
