import Type from 'typebox'
import { type EngineContext, type Route, route } from '../../engine.ts'
import { field } from '../../field.ts'
import type { LockoutServices } from '../services/lockouts.ts'

/** Users who are locked out: https://openbao.org/api-docs/system/user-lockout/ */

type Context = EngineContext<LockoutServices>

const lockedUsers = route('locked-users', {
  summary: 'Which users are locked out',
  fields: {
    mount_accessor: field.text({ default: '', query: true, description: 'Only those of the mount with this accessor' }),
  },
  auditClear: ['mount_accessor'],
  returns: Type.Object({
    by_namespace: Type.Array(
      Type.Object({
        namespace_id: Type.String(),
        namespace_path: Type.String(),
        counts: Type.Integer(),
        mount_accessors: Type.Array(
          Type.Object({
            mount_accessor: Type.String(),
            counts: Type.Integer(),
            alias_identifiers: Type.Array(Type.String()),
          }),
        ),
      }),
    ),
    total: Type.Integer(),
  }),
  operations: {
    read: async ({ fields }, { services, namespace }: Context) => {
      const locked = await services.lockouts.locked(fields.mount_accessor || undefined)
      const byMount = locked
        .map(({ mountAccessor, aliases }) => ({
          mount_accessor: mountAccessor,
          counts: aliases.length,
          alias_identifiers: aliases,
        }))
        .sort((a, b) => b.counts - a.counts)
      const total = byMount.reduce((sum, { counts }) => sum + counts, 0)
      const here = {
        namespace_id: namespace.id,
        namespace_path: namespace.path,
        counts: total,
        mount_accessors: byMount,
      }
      return { data: { by_namespace: [here], total } }
    },
  },
})

const unlockUser = route('locked-users/:mount_accessor/unlock/:alias_identifier', {
  summary: 'Let a user who is locked out log in again',
  fields: {
    mount_accessor: field.text({ required: true, description: 'Accessor of the mount' }),
    alias_identifier: field.text({ required: true, description: 'Name of the user' }),
  },
  auditClear: ['mount_accessor', 'alias_identifier'],
  operations: {
    update: async ({ fields }, { services }: Context) => {
      await services.lockouts.unlock(fields.mount_accessor, fields.alias_identifier)
      return undefined
    },
  },
})

export const lockoutRoutes: readonly Route<LockoutServices>[] = [lockedUsers, unlockUser]
