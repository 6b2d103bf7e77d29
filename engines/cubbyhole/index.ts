import { json } from '../../storage/codec.ts'
import { type Caller, type EngineContext, type EngineRequest, engine, type Reply, route } from '../engine.ts'
import { EgideError, invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { folder, listed, loosePageFields, loosePageOf } from '../listing.ts'
import { lookedUp, lookedUpPlain, removedPlain, writable } from '../secret-path.ts'

/**
 * Secrets that belong to one token: nobody else reads them, and they go when it does.
 *
 * An entry lies at `<hash of the token>/<path>`, as JSON. The core relies on this place: it puts what is wrapped at
 * `<hash>/response`, its information at `<hash>/wrapinfo`, and removes all below `<hash>/` when the token is revoked.
 */

const fields = {
  path: field.text({ required: true, description: "Where the secret lies, among the token's own." }),
  ...loosePageFields,
}
type CubbyholeRequest = EngineRequest<typeof fields>

const codec = json<JsonObject>()

const secrets = route(':path**', {
  summary: 'Write, read, remove and list secrets of the token that asks',
  description: 'The whole body is stored. Every token sees only what was written with it.',
  fields,
  freeForm: true,
  exists: async ({ fields, caller }, { store }) =>
    (await store.get(placeOf(caller, lookedUp(fields.path)), codec)) !== undefined,
  operations: { read, create: write, update: write, delete: remove, list, scan },
})

async function read(request: CubbyholeRequest, { store }: EngineContext): Promise<Reply> {
  const data = await store.get(placeOf(request.caller, lookedUpPlain(request)), codec)
  if (data === undefined) throw notFound()
  return { data }
}

async function write(request: CubbyholeRequest, { store }: EngineContext): Promise<undefined> {
  const { caller, data } = request
  const place = placeOf(caller, writable(request))
  if (Object.keys(data).length === 0) throw invalid('missing data fields')
  await store.transaction(async (tx) => tx.put(place, data, codec))
}

async function remove(request: CubbyholeRequest, { store }: EngineContext): Promise<undefined> {
  const path = removedPlain(request)
  if (path === undefined) return
  const place = placeOf(request.caller, path)
  await store.transaction(async (tx) => tx.delete(place))
}

async function list({ fields, caller }: CubbyholeRequest, { store }: EngineContext): Promise<Reply> {
  return listed(await store.list(placeOf(caller, folder(fields.path)), loosePageOf(fields)))
}

async function scan({ fields, caller }: CubbyholeRequest, { store }: EngineContext): Promise<Reply> {
  return listed(await store.scan(placeOf(caller, folder(fields.path)), loosePageOf(fields)))
}

/** A batch token is stored nowhere, so there would be nothing to end the life of what it wrote. */
function placeOf(caller: Caller | undefined, path: string): string {
  if (caller === undefined) throw new EgideError('permission_denied', 'permission denied')
  if (caller.type === 'batch') throw invalid('cubbyhole operations are only supported by service tokens')
  return `${caller.tokenHash}/${path}`
}

export const cubbyhole = engine({
  type: 'cubbyhole',
  kind: 'secret',
  description: 'Secrets that belong to one token',
  routes: [secrets],
})
