import Type from 'typebox'
import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import { type CelProgram, programField, programOf } from '../../cel/program.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { programs } from './programs.ts'

/** Roles whose programs say what certificates are like: https://openbao.org/api-docs/secret/pki/#createupdate-cel-role */

export interface CelRole {
  readonly program: CelProgram
}

const CEL_ROLES = 'cel/roles/'
const codec = json<CelRole>()

/** What each program knows already. */
const TAKEN: ReadonlySet<string> = new Set(['request', 'now', 'use_csr', 'parsed_csr'])

export function celRoleNamed(reader: Reader, name: string): Awaitable<CelRole | undefined> {
  return reader.get(CEL_ROLES + name, codec)
}

const fields = {
  name: field.name({ required: true, description: 'Name of the role' }),
  cel_program: programField('a ValidationOutput'),
}
type CelRoleRequest = EngineRequest<typeof fields>

export const celRoleList = route('cel/roles', {
  summary: 'List the roles with programs',
  fields: pageFields,
  auditClear: ['keys', 'after', 'limit'],
  operations: { list: async ({ fields: page }, { store }) => listed(await store.list(CEL_ROLES, pageOf(page))) },
})

export const celRole = route('cel/roles/:name', {
  summary: 'A program that decides about certificates, and what they are like',
  fields,
  auditClear: ['name'],
  returns: Type.Object({ name: Type.String(), cel_program: Type.Record(Type.String(), Type.Any()) }),
  operations: {
    read,
    update: write,
    patch: { handler: patch, summary: 'Change the variables or the expression of such a program' },
    delete: async ({ fields: { name } }, { store }: EngineContext) => {
      await store.transaction((tx) => tx.delete(CEL_ROLES + name))
      return undefined
    },
  },
})

async function read({ fields: { name } }: CelRoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await celRoleNamed(store, name)
  if (found === undefined) throw notFound()
  return { data: shown(name, found) }
}

async function write({ fields: { name, cel_program: sent } }: CelRoleRequest, context: EngineContext): Promise<Reply> {
  if (sent === undefined) throw invalid("missing required field 'cel_program'")
  const role = await checkedRole(sent)
  await context.store.transaction((tx) => tx.put(CEL_ROLES + name, role, codec))
  return { data: shown(name, role) }
}

/** A part of the program that is not sent stays as it is. */
async function patch({ fields: { name, cel_program: sent } }: CelRoleRequest, context: EngineContext): Promise<Reply> {
  const role = await context.store.transaction(async (tx) => {
    const before = await celRoleNamed(tx, name)
    if (before === undefined) throw notFound('unable to fetch cel role entry to patch')
    const after = await checkedRole({ ...before.program, ...sent })
    tx.put(CEL_ROLES + name, after, codec)
    return after
  })
  return { data: shown(name, role) }
}

async function checkedRole(sent: Readonly<Record<string, unknown>>): Promise<CelRole> {
  const role: CelRole = { program: programOf(sent, TAKEN) }
  const wrong = await programs.check(role.program)
  if (wrong !== undefined) throw invalid(`invalid CEL: ${wrong}`)
  return role
}

function shown(name: string, { program: { variables, expression } }: CelRole): Readonly<Record<string, unknown>> {
  return { name, cel_program: { ...(variables.length > 0 && { variables }), expression } }
}
