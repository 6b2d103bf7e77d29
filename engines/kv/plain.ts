import { CoercionError, parseDuration } from '../coerce.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { type JsonObject, member } from '../json-object.ts'
import { folder, listed, loosePageFields, loosePageOf } from '../listing.ts'
import { folderOf, lookedUp, lookedUpPlain, removedPlain, writable } from '../secret-path.ts'
import { PLAIN, plainCodec, refuseUpgraded } from './upgrade.ts'
import { isWatch, looseWatchFields, WatchEvent, watched } from './watch.ts'

/** KV version 1: what is sent is stored in place of what was there. */

const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  ...loosePageFields,
  ...looseWatchFields,
}
type PlainRequest = EngineRequest<typeof fields>

export const plain = route(':path**', {
  summary: 'Write, read, remove and list secrets',
  description:
    'The whole body is stored. A member `ttl` (or `lease`) tells readers after how long to read again: it becomes the ' +
    "answer's lease_duration and has no other effect.",
  fields,
  freeForm: true,
  exists: async (request, { store }) =>
    (await store.get(`${PLAIN}${lookedUp(request.fields.path)}`, plainCodec)) !== undefined,
  operations: {
    read: { handler: read, events: WatchEvent },
    create: write,
    update: write,
    delete: remove,
    list: { handler: list, events: WatchEvent },
    scan,
  },
})

async function read(request: PlainRequest, context: EngineContext): Promise<Reply> {
  const path = lookedUpPlain(request)
  if (isWatch(request)) return watched(request, context, 'plain', folderOf(path), path)
  const { store, mount } = context
  const data = await store.get(`${PLAIN}${path}`, plainCodec)
  if (data === undefined) throw notFound()
  return { data, leaseDurationSeconds: refreshSeconds(data) ?? mount.defaultLeaseTtlSeconds }
}

/** Undefined: nothing usable was stored. */
function refreshSeconds(data: JsonObject): number | undefined {
  const raw = member(data, 'ttl') ?? member(data, 'lease')
  if (raw === undefined) return undefined
  try {
    return parseDuration(raw)
  } catch (error) {
    if (error instanceof CoercionError) return undefined
    throw error
  }
}

async function write(request: PlainRequest, { store }: EngineContext): Promise<undefined> {
  const path = writable(request)
  if (Object.keys(request.data).length === 0) throw invalid('missing data fields')
  await store.transaction(async (tx) => {
    await refuseUpgraded(tx)
    tx.put(`${PLAIN}${path}`, request.data, plainCodec)
  })
}

async function remove(request: PlainRequest, { store }: EngineContext): Promise<undefined> {
  const path = removedPlain(request)
  if (path === undefined) return
  await store.transaction(async (tx) => {
    await refuseUpgraded(tx)
    tx.delete(`${PLAIN}${path}`)
  })
}

async function list(request: PlainRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  if (isWatch(request)) return watched(request, context, 'plain', folder(fields.path))
  const { store } = context
  return listed(await store.list(`${PLAIN}${folder(fields.path)}`, loosePageOf(fields)))
}

async function scan({ fields }: PlainRequest, { store }: EngineContext): Promise<Reply> {
  return listed(await store.scan(`${PLAIN}${folder(fields.path)}`, loosePageOf(fields)))
}
