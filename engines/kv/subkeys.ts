import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { notFound } from '../errors.ts'
import { field } from '../field.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { lookedUp } from '../secret-path.ts'
import { isDeleted } from './record.ts'
import { findVersion } from './record-store.ts'
import { VersionReply, versionReply } from './version-reply.ts'

const fields = {
  path: field.text({ required: true, description: 'Where the secret lies.' }),
  version: field.int({ default: 0, query: true, description: 'The version to look at; 0 is the newest.' }),
  depth: field.int({ default: 0, query: true, description: 'How many levels of names to show; 0 shows all.' }),
}

export const subkeys = route('subkeys/:path*', {
  summary: 'Read the names in a secret, without its values',
  fields,
  returns: Type.Object({ subkeys: Type.Any(), metadata: VersionReply }),
  operations: { read },
})

async function read(request: EngineRequest<typeof fields>, { store, clock }: EngineContext): Promise<Reply> {
  const { path, version: number, depth } = request.fields
  const now = clock.now()
  const found = await findVersion(store, lookedUp(path), { number, readable: (version) => !isDeleted(version, now) })
  if (found === undefined) throw notFound()
  const { record, version, data } = found
  const metadata = versionReply(record, version)
  if (data === undefined) return { status: 404, data: { subkeys: null, metadata } }
  return { data: { subkeys: namesOf(data, depth === 0 ? Number.POSITIVE_INFINITY : depth), metadata } }
}

/** The same tree of names with null for every value; objects below `levels`, and empty ones, are values too. */
function namesOf(data: JsonObject, levels: number): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      levels > 1 && isJsonObject(value) && Object.keys(value).length > 0 ? namesOf(value, levels - 1) : null,
    ]),
  )
}
