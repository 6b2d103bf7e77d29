import Type from 'typebox'
import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { roleNamed } from '../roles/role.ts'

/** Roles whose one-time passwords may be for any host: https://openbao.org/api-docs/secret/ssh/#configure-zero-address */

const ROW = 'config/zeroaddress'
const ROLES_MAX = 1000
const codec = json<readonly string[]>()

const fields = { roles: field.list({ default: [], description: 'Names of roles' }) }

export const zeroAddress = route('config/zeroaddress', {
  summary: 'Roles that give one-time passwords for any address',
  fields,
  returns: Type.Object({ roles: Type.Array(Type.String()) }),
  auditClear: ['roles'],
  operations: { read, update: write, delete: remove },
})

export async function zeroAddressRoles(reader: Reader): Promise<readonly string[]> {
  return (await reader.get(ROW, codec)) ?? []
}

export async function forgetZeroAddressRole(tx: Tx, name: string): Promise<void> {
  const roles = await zeroAddressRoles(tx)
  if (roles.includes(name)) {
    tx.put(
      ROW,
      roles.filter((role) => role !== name),
      codec,
    )
  }
}

async function read(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const roles = await store.get(ROW, codec)
  if (roles === undefined) throw notFound()
  return { data: { roles } }
}

async function write({ fields: { roles } }: EngineRequest<typeof fields>, { store }: EngineContext) {
  if (roles.length === 0) throw invalid('Missing roles')
  if (roles.length > ROLES_MAX) throw invalid(`roles holds more than ${ROLES_MAX} names`)
  await store.transaction(async (tx) => {
    for (const name of roles) {
      const role = await roleNamed(tx, name)
      if (role === undefined) throw invalid(`Role ${JSON.stringify(name.slice(0, 255))} does not exist`)
    }
    tx.put(ROW, [...new Set(roles)], codec)
  })
  return undefined
}

async function remove(_request: EngineRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction((tx) => tx.delete(ROW))
}
