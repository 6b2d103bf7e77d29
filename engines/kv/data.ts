import Type from 'typebox'
import type { Awaitable } from '../../storage/backend.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { folderOf, lookedUp, removed, writable } from '../secret-path.ts'
import { appendVersion, existingData } from './append.ts'
import { Body } from './body.ts'
import { casOf, checkCas } from './check-and-set.ts'
import { mergePatch } from './merge-patch.ts'
import { deletedAt, isDeleted, newestOf, newRecord, type Version, versionOf, withChanged } from './record.ts'
import { type Found, findVersion, hasRecord, loadRecord, saveRecord } from './record-store.ts'
import { loadSettings } from './settings.ts'
import { VersionReply, versionReply } from './version-reply.ts'
import { isWatch, WatchEvent, watched, watchFields } from './watch.ts'

const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  version: field.int({ default: 0, query: true, description: 'The version to read; 0 is the newest.' }),
  data: field.map({ description: 'The secret: names and values.' }),
  options: field.map({
    description:
      'Of a write: `cas` is the version that must be the newest at that moment, 0 if there must be none yet.',
  }),
  ...watchFields,
}
type DataRequest = EngineRequest<typeof fields>

export const data = route('data/:path*', {
  summary: 'Read, write, patch and delete a secret',
  description:
    'A write makes a new version and keeps the older ones up to the limit. A patch changes members of the newest ' +
    'version by the rules of JSON Merge Patch (RFC 7396) and stores the outcome as a new version. A delete marks the ' +
    'newest version; it can be undone.',
  fields,
  exists: (request, { store }) => hasRecord(store, lookedUp(request.fields.path)),
  returns: VersionReply,
  operations: {
    read: { handler: read, returns: Type.Object({ data: Type.Any(), metadata: VersionReply }), events: WatchEvent },
    create: write,
    update: write,
    patch,
    delete: remove,
  },
})

/** The usual case, a secret that is at hand, awaits nothing. */
function read(request: DataRequest, context: EngineContext): Awaitable<Reply> {
  const path = lookedUp(request.fields.path)
  if (isWatch(request)) return watched(request, context, 'versioned', folderOf(path), path)
  const { store, clock } = context
  const now = clock.now()
  const readable = (version: Version) => !isDeleted(version, now)
  const found = findVersion(store, path, { number: request.fields.version, readable })
  return found instanceof Promise ? found.then(replyOf) : replyOf(found)
}

function replyOf(found: Found | undefined): Reply {
  if (found === undefined) throw notFound()
  const { record, version, data } = found
  const reply = { data: data ?? null, metadata: versionReply(record, version) }
  // Deleted and destroyed versions answer 404 and still say what became of them.
  return data === undefined ? { status: 404, data: reply } : { data: reply }
}

async function write(request: DataRequest, { store, clock }: EngineContext): Promise<Reply> {
  const path = writable(request)
  const body = Body.of(sentData(request))
  const cas = casOf(request.fields.options)
  return await store.transaction(async (tx) => {
    const settings = loadSettings(tx)
    const mount = settings instanceof Promise ? await settings : settings
    const record = loadRecord(tx, path)
    const before = record instanceof Promise ? await record : record
    const nowMs = clock.now()
    checkCas(cas, mount, before)
    const after = appendVersion(before ?? newRecord(nowMs), { mount, body, nowMs })
    saveRecord(tx, path, before, after)
    return { data: versionReply(after, newestOf(after)) }
  })
}

function sentData(request: DataRequest): JsonObject {
  if (!request.has('data')) throw invalid('no data provided')
  return request.fields.data ?? {}
}

async function patch(request: DataRequest, { store, clock }: EngineContext): Promise<Reply> {
  const path = writable(request)
  const change = sentData(request)
  const cas = casOf(request.fields.options)
  return store.transaction(async (tx) => {
    const mount = await loadSettings(tx)
    const before = await loadRecord(tx, path)
    if (before === undefined) throw notFound()
    checkCas(cas, mount, before)
    const nowMs = clock.now()
    const newest = versionOf(before, 0)
    if (newest === undefined) throw notFound()
    if (isDeleted(newest, nowMs) || newest.data === 'destroyed') {
      return { status: 404, data: versionReply(before, newest) }
    }
    const body = Body.of(mergePatch(await existingData(tx, path, newest), change))
    const after = appendVersion(before, { mount, body, nowMs })
    saveRecord(tx, path, before, after)
    return { data: versionReply(after, newestOf(after)) }
  })
}

async function remove(request: DataRequest, { store, clock }: EngineContext): Promise<undefined> {
  const path = removed(request.fields.path)
  if (path === undefined) return
  await store.transaction(async (tx) => {
    const before = await loadRecord(tx, path)
    const newest = before && versionOf(before, 0)
    const nowMs = clock.now()
    if (before === undefined || newest === undefined) return
    if (isDeleted(newest, nowMs) || newest.data === 'destroyed') return
    saveRecord(tx, path, before, withChanged(before, [newest.number], 'deleted', deletedAt(nowMs)))
  })
}
