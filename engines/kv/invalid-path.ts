import { type EngineRequest, type Operation, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import { refuseFolder } from '../secret-path.ts'

/** Any other path of a versioned mount: mostly the path of an unversioned one, used by mistake. The words are Vault's. */

const fields = { path: field.text({ required: true, description: 'A path that is none of the above.' }) }
type PathRequest = EngineRequest<typeof fields>

const ROOTS = new Set(['data', 'delete', 'undelete', 'destroy', 'subkeys'])
const VERBS: Readonly<Record<Operation, string>> = {
  create: 'put',
  update: 'put',
  patch: 'patch',
  read: 'get',
  list: 'list',
  scan: 'scan',
  delete: 'delete',
  help: 'get',
}

export const invalidPath = route(':path**', {
  summary: 'Tells that this is no path of a versioned key-value mount',
  fields,
  freeForm: true,
  hidden: true,
  operations: {
    read: refuse,
    update: refuseWrite,
    patch: refuseWrite,
    delete: refuse,
    list: refuse,
    scan: refuse,
  },
})

/** To what is asked of `data`, `metadata` and their like as such, but for listing. */
export const rootReply: Reply = {
  status: 404,
  data: null,
  warnings: ['Non-listing operations on the root of a K/V v2 mount are not supported.'],
}

async function refuseWrite(request: PathRequest): Promise<Reply> {
  refuseFolder(request.path)
  return refuse(request)
}

async function refuse(request: PathRequest): Promise<Reply> {
  if (ROOTS.has(request.fields.path)) return rootReply
  const warning =
    'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. ' +
    `With a command-line client, use 'kv ${VERBS[request.operation]}' for this operation.`
  return { status: 404, data: null, warnings: [warning] }
}
