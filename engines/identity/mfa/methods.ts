import Type, { type TSchema } from 'typebox'
import type { Reader, Store, Tx } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { type Fields, field, type Values } from '../../field.ts'
import { pageFields } from '../../listing.ts'
import { checkedName, entityCodec, isId, rows } from '../documents.ts'
import { point, writeEntity } from '../entities.ts'
import type { IdentityServices } from '../services.ts'
import { type Context, KeyList, listedWithInfo } from '../shown.ts'
import {
  enforcementsIn,
  METHODS_MAX,
  type MethodTerms,
  type MethodType,
  type MfaMethod,
  methodCodec,
  methodNamed,
  methodOf,
  methodsIn,
  mfaRows,
  type PlacedMethod,
} from './documents.ts'
import { AnyMethodReply, shownMethod } from './shown.ts'

/** `identity/mfa/method`: https://openbao.org/api-docs/secret/identity/mfa/ */

/** What one kind of method has of its own. */
export interface MethodKind<F extends Fields> {
  readonly type: MethodType
  /** As people write it. */
  readonly title: string
  readonly fields: F
  readonly returns: TSchema
  /** Of fields that are no secret. */
  readonly auditClear: readonly string[]
  /** Throws `invalid_request`. */
  readonly terms: (fields: Values<F>) => MethodTerms
}

const own = {
  method_id: field.name({ default: '', description: 'Id of the method, to change one; absent: a new one is made.' }),
  method_name: field.text({ default: '', description: 'A name that stands for the id.' }),
}
const OWN_CLEAR = ['method_id', 'method_name', 'id', 'name', 'type', 'keys', 'namespace_id', 'namespace_path']

/** Secrets of a method that is gone are deleted so many at a time. */
const SECRETS_AT_ONCE = 200

type OwnFields = Values<typeof own>

/** The rows of one kind. */
export function methodRows<F extends Fields>(kind: MethodKind<F>): readonly Route<IdentityServices>[] {
  const fields = { ...own, ...kind.fields }
  const auditClear = [...OWN_CLEAR, ...kind.auditClear]
  const put = async (request: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply | undefined> => {
    // The fields of both are here; TypeScript can't see it through the spread of a type parameter.
    const sent = request.fields as Values<F> & OwnFields
    const terms = kind.terms(sent)
    return written(sent, terms, context)
  }
  return [
    route(`mfa/method/${kind.type}`, {
      summary: `MFA methods of the kind ${kind.title}`,
      fields: { ...fields, ...pageFields },
      auditClear,
      operations: {
        update: { handler: put, returns: Type.Object({ method_id: Type.String() }) },
        list: {
          handler: ({ fields: page }, context: Context) =>
            listedMethods(page as Values<typeof pageFields>, context, kind.type),
          returns: KeyList,
        },
      },
    }),
    route(`mfa/method/${kind.type}/:method_id`, {
      summary: `An MFA method of the kind ${kind.title}`,
      fields,
      auditClear,
      returns: kind.returns,
      operations: {
        read: async (request, context: Context) => {
          const { method_id: id } = request.fields as OwnFields
          const found = await placedMethod(id, context.store, context)
          if (found === undefined) throw notFound()
          if (found.method.type !== kind.type)
            throw invalid(`failed to find the method ID under MFA type ${kind.type}.`)
          return { data: shownMethod(found) }
        },
        update: { handler: put, returns: Type.Null() },
        delete: async (request, context: Context) =>
          removed((request.fields as OwnFields).method_id, kind.type, context),
      },
    }),
  ]
}

export const methods = route('mfa/method', {
  summary: 'MFA methods of all kinds',
  fields: pageFields,
  auditClear: OWN_CLEAR,
  returns: KeyList,
  operations: {
    list: ({ fields }, context: Context) => listedMethods(fields, context, undefined),
  },
})

export const methodById = route('mfa/method/:method_id', {
  summary: 'An MFA method of any kind',
  fields: { method_id: field.name({ required: true, description: 'Id of the method.' }) },
  auditClear: OWN_CLEAR,
  returns: AnyMethodReply,
  operations: {
    read: async ({ fields }, context: Context) => {
      const found = await placedMethod(fields.method_id, context.store, context)
      if (found === undefined) throw notFound()
      return { data: shownMethod(found) }
    },
  },
})

const OF_ABOVE = 'the method is of a namespace above this one, and is changed there'

/** Whoever is meant by id, or else by name, is changed; nobody: a new one is made. */
async function written(
  { method_id: id, method_name: sentName }: OwnFields,
  terms: MethodTerms,
  { store, random }: EngineContext,
): Promise<Reply | undefined> {
  const name = sentName === '' ? '' : checkedName(sentName)
  const made = random.uuid()
  const method = await store.transaction(async (tx) => {
    const before = await meant(tx, id, name)
    if (before !== undefined && before.type !== terms.type) throw invalid(`the method is of type ${before.type}`)
    if (before === undefined && (await tx.list(mfaRows.methods)).length >= METHODS_MAX)
      throw invalid(`a namespace has at most ${METHODS_MAX} MFA methods`)
    const after: MfaMethod = { ...terms, id: before?.id ?? made, name: name || (before?.name ?? '') }
    writeMethod(tx, before, after)
    return after
  })
  return id === '' ? { data: { method_id: method.id } } : undefined
}

async function meant(tx: Tx, id: string, name: string): Promise<MfaMethod | undefined> {
  const named = name === '' ? undefined : await methodNamed(tx, name)
  if (id === '') return named
  const found = await methodOf(tx, id)
  if (found === undefined) throw notFound()
  if (named !== undefined && named.id !== found.id)
    throw invalid(`a login MFA method configuration with the method name ${name} already exists`)
  return found
}

function writeMethod(tx: Tx, before: MfaMethod | undefined, after: MfaMethod): void {
  if (before !== undefined && before.name !== '' && before.name !== after.name)
    tx.delete(mfaRows.methodName(before.name))
  if (after.name !== '') point(tx, mfaRows.methodName(after.name), after.id)
  tx.put(mfaRows.method(after.id), after, methodCodec)
}

async function removed(id: string, type: MethodType, { store, services }: Context): Promise<undefined> {
  if (!isId(id)) return
  const above = await services.mfaAbove.method(id)
  if (above !== undefined) throw invalid(OF_ABOVE)
  await store.transaction(async (tx) => {
    const method = await methodOf(tx, id)
    if (method === undefined) return
    if (method.type !== type) throw invalid('method type does not match the MFA config type')
    const user = (await enforcementsIn(tx)).find(({ methodIds }) => methodIds.includes(id))
    if (user !== undefined) throw invalid(`methodID is still used by an enforcement configuration with ID: ${user.id}`)
    tx.delete(mfaRows.method(id))
    if (method.name !== '') tx.delete(mfaRows.methodName(method.name))
  })
  // Also of one that is gone already: a deletion that was cut short is finished by the next.
  await forgetSecrets(store, id)
}

async function forgetSecrets(store: Store, methodId: string): Promise<void> {
  for (;;) {
    const entityIds = await store.list(mfaRows.secrets(methodId), { limit: SECRETS_AT_ONCE })
    if (entityIds.length === 0) return
    await store.transaction(async (tx) => {
      for (const id of entityIds) {
        const entity = await tx.get(rows.entity(id), entityCodec)
        const kept = entity?.mfaMethodIds?.filter((one) => one !== methodId)
        if (entity !== undefined && kept !== undefined) writeEntity(tx, entity, { ...entity, mfaMethodIds: kept })
        tx.delete(mfaRows.secret(methodId, id))
      }
    })
  }
}

/** By their ids, those of the namespaces above among them. */
async function listedMethods(
  { after, limit }: Values<typeof pageFields>,
  { store, namespace, services }: Context,
  type: MethodType | undefined,
): Promise<Reply> {
  const ownMethods = (await methodsIn(store)).map((method) => ({ method, namespace }))
  const asked = [...ownMethods, ...(await services.mfaAbove.methods())]
    .filter(({ method }) => (type === undefined || method.type === type) && method.id > after)
    .sort((a, b) => (a.method.id < b.method.id ? -1 : 1))
  const shown = limit > 0 ? asked.slice(0, limit) : asked
  return listedWithInfo(shown.map((one) => ({ key: one.method.id, info: shownMethod(one) })))
}

/** Of this namespace, as `reader` has it, or of one above it. */
export async function placedMethod(
  id: string,
  reader: Pick<Reader, 'get'>,
  { namespace, services }: Context,
): Promise<PlacedMethod | undefined> {
  const method = await methodOf(reader, id)
  return method === undefined ? services.mfaAbove.method(id) : { method, namespace }
}
