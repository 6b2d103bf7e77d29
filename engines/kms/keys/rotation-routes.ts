import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { callOf, keyField } from '../route-fields.ts'
import type { Key } from './key.ts'
import { written } from './metadata.ts'
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  PERIOD_DAYS,
  rotateKeyOnDemand,
} from './rotation.ts'

/** Rows of rotation: now, by time, and what there was. */

const auditClear = ['automatic', 'key_id', 'key_version', 'next_rotation_date', 'rotation_period_in_days', 'rotations']

const onlyKey = { id: keyField }

export const rotateRow = route('keys/:id/rotate', {
  summary: 'Give a symmetric key new material',
  description: 'New ciphertexts are made with it; older ones keep opening.',
  fields: onlyKey,
  returns: Type.Object({ key_id: Type.String(), key_version: Type.Integer() }),
  auditClear,
  operations: {
    update: async (request: EngineRequest<typeof onlyKey>, context) => {
      const { id, versions } = await rotateKeyOnDemand(callOf(request, context), request.fields.id)
      return { data: { key_id: id, key_version: versions.length } }
    },
  },
})

const planFields = {
  id: keyField,
  automatic: field.bool({ default: true, description: 'Whether it is rotated by time.' }),
  rotation_period_in_days: field.int({
    default: PERIOD_DAYS.usual,
    description: `Days from one rotation to the next, ${PERIOD_DAYS.min} to ${PERIOD_DAYS.max}.`,
  }),
}

const PlanReply = Type.Object({
  key_id: Type.String(),
  automatic: Type.Boolean(),
  rotation_period_in_days: Type.Optional(Type.Integer()),
  next_rotation_date: Type.Optional(Type.String({ format: 'date-time' })),
})

export const rotationRow = route('keys/:id/rotation', {
  summary: 'Read and set when a symmetric key is rotated by itself',
  fields: planFields,
  returns: PlanReply,
  auditClear,
  operations: {
    read: async (request: EngineRequest<typeof planFields>, context) =>
      planReply(await getKeyRotationStatus(callOf(request, context), request.fields.id)),
    update: setPlan,
  },
})

async function setPlan(request: EngineRequest<typeof planFields>, context: EngineContext): Promise<Reply> {
  const { id, automatic, rotation_period_in_days: days } = request.fields
  const call = callOf(request, context)
  return planReply(automatic ? await enableKeyRotation(call, id, days) : await disableKeyRotation(call, id))
}

function planReply({ id, rotation }: Key): Reply {
  const plan = rotation && {
    rotation_period_in_days: rotation.periodDays,
    next_rotation_date: written(rotation.nextMs),
  }
  return { data: { key_id: id, automatic: rotation !== undefined, ...plan } }
}

export const rotationsRow = route('keys/:id/rotations', {
  summary: 'List when and why a key was rotated',
  fields: onlyKey,
  returns: Type.Object({
    key_id: Type.String(),
    rotations: Type.Array(
      Type.Object({
        key_version: Type.Integer(),
        rotation_date: Type.String({ format: 'date-time' }),
        rotation_type: Type.Enum(['AUTOMATIC', 'ON_DEMAND']),
      }),
    ),
  }),
  auditClear,
  operations: {
    read: async (request: EngineRequest<typeof onlyKey>, context) => {
      const { key, rotations } = await listKeyRotations(callOf(request, context), request.fields.id)
      return {
        data: {
          key_id: key.id,
          rotations: rotations.map(({ number, createdMs, rotation }) => ({
            key_version: number,
            rotation_date: written(createdMs),
            rotation_type: rotation,
          })),
        },
      }
    },
  },
})
