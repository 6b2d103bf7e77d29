import Type from 'typebox'
import { type CelProgram, programField, programOf } from '../../../../engines/cel/program.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../../engines/engine.ts'
import { invalid, notFound } from '../../../../engines/errors.ts'
import { field } from '../../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../../engines/listing.ts'
import type { Awaitable } from '../../../../storage/backend.ts'
import type { Reader } from '../../../../storage/store.ts'
import { type Distinct, distinctCodec, uidWhenWritten } from '../../unchanged.ts'
import { type Leeways, leewayFields, leewayReply, leewaysOf, shownLeeways } from '../leeways.ts'
import { checkProgram } from './evaluation-thread.ts'

/** `cel/role`: https://openbao.org/api-docs/auth/jwt/#createupdate-cel-role */

/** A role whose program says who may come in, and what they get. */
export interface CelRole extends Distinct {
  readonly program: CelProgram
  /** What callers are told of a login that fails; '': what they always are. */
  readonly message: string
  readonly leeways: Leeways
  readonly boundAudiences: readonly string[]
}

/** What each program knows already. */
const TAKEN: ReadonlySet<string> = new Set(['claims', 'now', 'operation'])

export const CEL_ROLES = 'cel/role/'
const codec = distinctCodec<CelRole>()

export function storedCelRole(store: Reader, name: string): Awaitable<CelRole | undefined> {
  return store.get(CEL_ROLES + name, codec)
}

/** What such a role is called among all roles of the mount. */
export const celRoleName = (name: string): string => `cel/${name.toLowerCase()}`

const fields = {
  name: field.name({
    anyCase: true,
    required: true,
    description: 'Name of the role, which is the same in capitals and small letters',
  }),
  cel_program: programField('a pb.Auth'),
  message: field.text({ description: 'What callers are told of a login that fails, whatever the cause' }),
  ...leewayFields,
  bound_audiences: field.bounds({ description: 'One of them must be in aud' }),
}
type CelRoleRequest = EngineRequest<typeof fields>

export const celRole = route('cel/role/:name', {
  summary: 'A program that decides which tokens let in, and what they give',
  fields,
  auditClear: ['name', ...Object.keys(leewayFields)],
  returns: Type.Object({
    name: Type.String(),
    cel_program: Type.Record(Type.String(), Type.Any()),
    message: Type.String(),
    ...leewayReply,
    bound_audiences: Type.Array(Type.String()),
  }),
  operations: {
    read,
    update: write,
    patch: { handler: patch, summary: 'Change parts of such a program' },
    delete: async ({ fields: { name } }, { store }: EngineContext) => {
      await store.transaction((tx) => tx.delete(CEL_ROLES + name.toLowerCase()))
      return undefined
    },
  },
})

export const celRoles = route('cel/role', {
  summary: 'List the roles with programs',
  fields: pageFields,
  operations: {
    list: async ({ fields: page }, { store }: EngineContext) => listed(await store.list(CEL_ROLES, pageOf(page))),
  },
})

async function read({ fields: { name } }: CelRoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await storedCelRole(store, name.toLowerCase())
  if (found === undefined) throw notFound()
  return { data: shown(name.toLowerCase(), found) }
}

async function write({ fields: sent }: CelRoleRequest, context: EngineContext): Promise<Reply> {
  if (sent.cel_program === undefined) throw invalid("missing required field 'cel_program'")
  return put(sent, context, () => undefined)
}

/** What is not sent stays as it is. */
function patch({ fields: sent }: CelRoleRequest, context: EngineContext): Promise<Reply> {
  return put(sent, context, (before) => {
    if (before === undefined) throw notFound()
    return before
  })
}

/** `kept` is what of the role stays where it is not sent. */
async function put(
  sent: CelRoleRequest['fields'],
  context: EngineContext,
  kept: (before: CelRole | undefined) => CelRole | undefined,
): Promise<Reply> {
  const name = sent.name.toLowerCase()
  const role = await context.store.transaction(async (tx) => {
    const before = await storedCelRole(tx, name)
    const after = { ...changed(kept(before), sent), uid: uidWhenWritten(before, context) }
    const wrong = await checkProgram(after.program)
    if (wrong !== undefined) throw invalid(`invalid CEL: ${wrong}`)
    tx.put(CEL_ROLES + name, after, codec)
    return after
  })
  return { data: shown(name, role) }
}

function changed(before: CelRole | undefined, sent: CelRoleRequest['fields']): Omit<CelRole, 'uid'> {
  return {
    program:
      sent.cel_program === undefined && before !== undefined
        ? before.program
        : programOf(sent.cel_program ?? {}, TAKEN),
    message: sent.message ?? before?.message ?? '',
    leeways: leewaysOf(sent, before?.leeways),
    boundAudiences: sent.bound_audiences ?? before?.boundAudiences ?? [],
  }
}

function shown(name: string, role: CelRole): Readonly<Record<string, unknown>> {
  return {
    name,
    cel_program: role.program,
    message: role.message,
    ...shownLeeways(role.leeways),
    bound_audiences: role.boundAudiences,
  }
}
