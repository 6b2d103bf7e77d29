import Type from 'typebox'
import type { Reader } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { ROLES, roleNamed } from '../roles/role.ts'
import { issuerFields, type NewIssuerRequest, nameField } from './fields.ts'
import {
  allIssuers,
  checkedName,
  DEFAULT,
  defaultIssuerId,
  findIssuer,
  ISSUERS,
  type IssuerDocument,
  issuerNamed,
  issuerOfId,
  putDefault,
  putIssuer,
  removeIssuer,
} from './issuers.ts'
import { makeIssuer } from './new-issuer.ts'

/** Issuers: https://openbao.org/api-docs/secret/ssh/#submit-ca-information */

const importFields = {
  ...issuerFields,
  set_default: field.bool({ default: false, description: 'It is the default issuer from now on' }),
}
const refFields = {
  issuer_ref: field.name({ required: true, description: 'Issuer: its id or name, or default.' }),
}
const renameFields = { ...refFields, issuer_name: nameField }
const configFields = { default: field.text({ default: '', description: 'Id or name of the default issuer' }) }

const IssuerReply = Type.Object({
  issuer_id: Type.String(),
  issuer_name: Type.String(),
  public_key: Type.String({ description: 'As a line of OpenSSH' }),
})
const ListReply = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(
    Type.String(),
    Type.Object({ issuer_name: Type.String(), is_default: Type.Boolean(), public_key: Type.String() }),
  ),
})
const ConfigReply = Type.Object({ default: Type.String() })
/** Public keys are public; private ones are never among replies. */
const CLEAR = ['issuer_id', 'issuer_name', 'issuer_ref', 'key_type', 'key_bits', 'generate_signing_key', 'set_default']

export const issuerRoutes: readonly Route[] = [
  route('config/ca', {
    summary: 'The default issuer: make, import, read, and remove it with all others',
    fields: issuerFields,
    returns: IssuerReply,
    auditClear: CLEAR,
    operations: {
      update: (request, context) => make(request, true, context),
      read: async (_request: EngineRequest, { store }) => shown(await issuerNamed(store, DEFAULT)),
      delete: removeAll,
    },
  }),
  route('config/issuers', {
    summary: 'Which issuer is the default',
    fields: configFields,
    returns: ConfigReply,
    auditClear: ['default'],
    operations: { read: readConfig, update: writeConfig },
  }),
  route('issuers', {
    summary: 'List the issuers',
    fields: pageFields,
    returns: ListReply,
    auditClear: ['keys', 'key_info', 'after', 'limit'],
    operations: { list },
  }),
  ...['issuers/import', 'issuers/import/:issuer_name'].map((pattern) =>
    route(pattern, {
      summary: 'Make or import an issuer',
      fields: importFields,
      returns: IssuerReply,
      auditClear: CLEAR,
      operations: {
        update: (request: EngineRequest<typeof importFields>, context) =>
          make(request, request.fields.set_default, context),
      },
    }),
  ),
  route('issuer/:issuer_ref', {
    summary: 'Read, rename and remove an issuer',
    fields: renameFields,
    returns: IssuerReply,
    auditClear: CLEAR,
    operations: {
      read: async ({ fields }, { store }) => shown(await issuerNamed(store, fields.issuer_ref)),
      update: rename,
      delete: remove,
    },
  }),
  route('issuer/:issuer_ref/public_key', {
    summary: 'The public key of an issuer',
    fields: refFields,
    access: 'none',
    auditClear: ['issuer_ref'],
    operations: { read: async ({ fields }, { store }) => publicKey(await issuerNamed(store, fields.issuer_ref)) },
  }),
  route('public_key', {
    summary: 'The public key of the default issuer',
    fields: {},
    access: 'none',
    operations: { read: async (_request: EngineRequest, { store }) => publicKey(await issuerNamed(store, DEFAULT)) },
  }),
]

function shown({ id, name, publicKey }: IssuerDocument): Reply {
  return { data: { issuer_id: id, issuer_name: name, public_key: publicKey } }
}

function publicKey(issuer: IssuerDocument): Reply {
  return { raw: { status: 200, contentType: 'text/plain', body: issuer.publicKey } }
}

async function make(request: NewIssuerRequest, isDefault: boolean, context: EngineContext): Promise<Reply> {
  const { issuer, isKnown } = await makeIssuer(request, isDefault, context)
  if (!isKnown) return shown(issuer)
  const warning = 'An issuer with the provided public key already exists, returning the existing issuer'
  return { ...shown(issuer), warnings: [warning] }
}

async function removeAll(_request: EngineRequest, { store }: EngineContext): Promise<Reply | undefined> {
  const count = await store.transaction(async (tx) => {
    const issuers = await allIssuers(tx)
    for (const { id } of issuers) await removeIssuer(tx, id)
    return issuers.length
  })
  return count === 0 ? undefined : { warnings: [`Deleted ${count} issuers, including default issuer if configured.`] }
}

async function readConfig(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const id = await defaultIssuerId(store)
  if (id === '') throw invalid('no default issuer currently configured')
  return { data: { default: id } }
}

async function writeConfig({ fields }: EngineRequest<typeof configFields>, { store }: EngineContext): Promise<Reply> {
  const ref = fields.default.trim()
  if (ref === '' || ref.toLowerCase() === DEFAULT) {
    throw invalid("invalid issuer specification; must be non-empty and can't be 'default'.")
  }
  return store.transaction(async (tx) => {
    const [before, issuer] = [await defaultIssuerId(tx), await issuerNamed(tx, ref)]
    const data = { default: issuer.id }
    if (issuer.id === before) {
      return { data, warnings: ['The default issuer is already set to the specified issuer.'] }
    }
    putDefault(tx, issuer.id)
    return before === '' ? { data } : { data, warnings: [`The default issuer was ${before}.`] }
  })
}

async function list({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const ids = await store.list(ISSUERS, pageOf(fields))
  const byDefault = await defaultIssuerId(store)
  const info: Record<string, object> = {}
  for (const id of ids) {
    const issuer = await issuerOfId(store, id)
    if (issuer === undefined) continue
    info[id] = { issuer_name: issuer.name, is_default: id === byDefault, public_key: issuer.publicKey }
  }
  return { data: { ...listed(ids).data, key_info: info } }
}

async function rename({ fields }: EngineRequest<typeof renameFields>, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const issuer = await issuerNamed(tx, fields.issuer_ref)
    const others = (await allIssuers(tx)).filter(({ id }) => id !== issuer.id)
    const renamed = { ...issuer, name: checkedName(fields.issuer_name ?? '', others) }
    putIssuer(tx, renamed)
    const left = issuer.name === renamed.name ? [] : [issuer.name]
    return { ...shown(renamed), warnings: await stillNamed(tx, left) }
  })
}

async function remove({ fields }: EngineRequest<typeof renameFields>, { store }: EngineContext) {
  return store.transaction(async (tx): Promise<Reply | undefined> => {
    const issuer = await findIssuer(tx, fields.issuer_ref)
    if (issuer === undefined) return undefined
    const wasDefault = await removeIssuer(tx, issuer.id)
    const warnings = await stillNamed(tx, [issuer.name, issuer.id, ...(wasDefault ? [DEFAULT] : [])])
    if (wasDefault) warnings.unshift(`Deleted issuer ${issuer.id}; this was configured as the default issuer.`)
    return warnings.length === 0 ? undefined : { warnings }
  })
}

/** Roles that are looked at for one that names an issuer which is gone. */
const ROLES_LOOKED_AT = 100

async function stillNamed(reader: Reader, refs: readonly string[]): Promise<string[]> {
  const names = await reader.list(ROLES, { after: '', limit: ROLES_LOOKED_AT })
  const roles = await Promise.all(names.map((name) => roleNamed(reader, name)))
  return refs
    .filter((ref) => ref !== '')
    .flatMap((ref) => {
      const count = roles.filter((role) => role?.keyType === 'ca' && role.issuerRef === ref).length
      return count === 0 ? [] : [`${count} roles reference '${ref}'`]
    })
}
