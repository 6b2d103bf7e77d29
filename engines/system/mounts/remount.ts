import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import type { MountServices } from '../services/mounts.ts'
import { fullPath } from './table.ts'

type Context = EngineContext<MountServices>

const fields = {
  from: field.text({ default: '', description: 'Where it is mounted, with auth/ before auth methods.' }),
  to: field.text({ default: '', description: 'Where it goes.' }),
}

export const remount = route('remount', {
  summary: 'Move a mount to another path',
  description: 'What was given out below the old path is revoked. Data and settings go along.',
  fields,
  access: 'sudo',
  auditClear: ['from', 'to', 'migration_id'],
  returns: Type.Object({ migration_id: Type.String({ description: 'To ask by how it went.' }) }),
  operations: {
    async update({ fields: { from, to } }: EngineRequest<typeof fields>, { services }: Context): Promise<Reply> {
      if (from === '' || to === '') throw invalid("both 'from' and 'to' path must be specified as a string")
      if (from.trim() !== from) throw invalid("'from' path cannot contain trailing whitespace")
      if (to.trim() !== to) throw invalid("'to' path cannot contain trailing whitespace")
      const id = await services.mounts.remount(fullPath('', from), to)
      return { data: { migration_id: id }, topLevel: true }
    },
  },
})

const statusFields = { migration_id: field.text({ required: true, description: 'What the move answered.' }) }

export const remountStatus = route('remount/status/:migration_id', {
  summary: 'How a move went',
  fields: statusFields,
  auditClear: ['migration_id', 'migration_info'],
  returns: Type.Object({
    migration_id: Type.String(),
    migration_info: Type.Object({
      source_mount: Type.String(),
      target_mount: Type.String(),
      status: Type.Enum(['in-progress', 'success', 'failure']),
    }),
  }),
  operations: {
    async read({ fields }: EngineRequest<typeof statusFields>, { services }: Context): Promise<Reply> {
      const status = await services.mounts.remountStatus(fields.migration_id)
      if (status === undefined) throw notFound()
      return {
        data: {
          migration_id: fields.migration_id,
          migration_info: {
            source_mount: status.sourceMount,
            target_mount: status.targetMount,
            status: status.status,
          },
        },
      }
    },
  },
})
