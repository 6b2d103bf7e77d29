import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { EgideError, invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { folder, listed, pageFields, pageOf } from '../listing.ts'
import { folderOf, lookedUp, removed, writable } from '../secret-path.ts'
import { appendVersion } from './append.ts'
import { Body } from './body.ts'
import { CAS_MISMATCH } from './check-and-set.ts'
import { newestOf, newRecord, type SecretRecord, type Version, withoutVersions } from './record.ts'
import { deleteRecord, findVersion, loadRecord, RECORDS, saveRecord } from './record-store.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { optionalTime, rfc3339 } from './times.ts'
import { isWatch, WatchEvent, watched, watchFields } from './watch.ts'

/** The flat form: a secret at its own path, versions underneath, nothing else to know. */

const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  data: field.map({ description: 'The secret: names and values.' }),
  cas: field.int({ description: 'The version that must be the newest at that moment; 0 if there must be none yet.' }),
  ttl: field.duration({ description: 'This version is gone for good after this long; absent or 0: it stays.' }),
  version: field.int({
    default: 0,
    query: true,
    description: 'The version to read or remove; 0: the newest to read, all to remove.',
  }),
  ...pageFields,
  ...watchFields,
}
type FlatRequest = EngineRequest<typeof fields>

const Written = Type.Object({
  version: Type.Integer(),
  created_time: Type.String(),
  expire_time: Type.String({ description: "RFC 3339; '' for never." }),
})

export const flat = route(':path**', {
  summary: 'Write, read, remove and list versioned secrets',
  description:
    'A write makes a new version; the ten newest are kept. A version with a ttl is gone for good when its time is up. ' +
    'Removing a secret, or one version of it, is final.',
  fields,
  exists: async (request, { store, clock }) => {
    const record = await loadRecord(store, lookedUp(request.fields.path))
    return record !== undefined && live(record, clock.now()) !== undefined
  },
  returns: Written,
  operations: {
    read: {
      handler: read,
      returns: Type.Object({ data: Type.Any(), ...Written.properties }),
      events: WatchEvent,
    },
    create: write,
    update: write,
    delete: remove,
    list: { handler: list, events: WatchEvent },
    scan,
  },
})

function isExpired(version: Version, nowMs: number): boolean {
  return version.expiresMs !== undefined && version.expiresMs <= nowMs
}

/** The record without what has expired; undefined when nothing is left. */
function live(record: SecretRecord, nowMs: number): SecretRecord | undefined {
  const left = withoutVersions(record, (version) => isExpired(version, nowMs))
  return left.versions.length === 0 ? undefined : left
}

async function read(request: FlatRequest, context: EngineContext): Promise<Reply> {
  const path = lookedUp(request.fields.path)
  if (isWatch(request)) return watched(request, context, 'flat', folderOf(path), path)
  const { store, clock } = context
  const now = clock.now()
  const readable = (version: Version) => !isExpired(version, now)
  const found = await findVersion(store, path, { number: request.fields.version, readable })
  if (found?.data === undefined) throw notFound()
  return { data: { data: found.data, ...written(found.version) } }
}

function written(version: Version): Type.Static<typeof Written> {
  return {
    version: version.number,
    created_time: rfc3339(version.createdMs),
    expire_time: optionalTime(version.expiresMs),
  }
}

async function write(request: FlatRequest, { store, clock }: EngineContext): Promise<Reply> {
  const path = writable(request)
  if (!request.has('data')) throw invalid('no data provided')
  const { data = {}, cas, ttl = 0 } = request.fields
  if (ttl < 0) throw invalid('ttl must not be negative')
  const body = Body.of(data)
  return store.transaction(async (tx) => {
    const nowMs = clock.now()
    const stored = await loadRecord(tx, path)
    const before = stored && live(stored, nowMs)
    if (cas !== undefined && cas !== (before?.current ?? 0)) throw new EgideError('conflict', CAS_MISMATCH)
    const expiresMs = ttl === 0 ? undefined : nowMs + ttl * 1000
    const mount = DEFAULT_SETTINGS
    // What expired has to go from the store as well, so the entry as it was is what is written over.
    const added = appendVersion(before ?? newRecord(nowMs), { mount, body, nowMs, expiresMs })
    saveRecord(tx, path, stored, added)
    return { data: written(newestOf(added)) }
  })
}

async function remove(request: FlatRequest, { store }: EngineContext): Promise<undefined> {
  const path = removed(request.fields.path)
  if (path === undefined) return
  const { version: number } = request.fields
  await store.transaction(async (tx) => {
    const before = await loadRecord(tx, path)
    if (before === undefined) return
    const after = withoutVersions(before, (version) => number <= 0 || version.number === number)
    if (after.versions.length === 0) deleteRecord(tx, path, before)
    else if (after.versions.length < before.versions.length) {
      saveRecord(tx, path, before, { ...after, last: { kind: 'destroyed', version: number } })
    }
  })
}

async function list(request: FlatRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  if (isWatch(request)) return watched(request, context, 'flat', folder(fields.path))
  const { store } = context
  return listed(await store.list(`${RECORDS}${folder(fields.path)}`, pageOf(fields)))
}

async function scan({ fields }: FlatRequest, { store }: EngineContext): Promise<Reply> {
  return listed(await store.scan(`${RECORDS}${folder(fields.path)}`, pageOf(fields)))
}
