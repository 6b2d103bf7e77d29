import { epochSeconds, member, present, renamed } from '../members.ts'
import type { Data, KmsOperations } from '../operation.ts'
import { pageOf } from '../paging.ts'
import { arnOfKey, keyItself } from '../references.ts'

const ROTATIONS = { most: 1000, usual: 100 }

/** New material for keys, by hand and by time. */
export const rotation: KmsOperations = {
  EnableKeyRotation: {
    async ask(input, key) {
      const data = { automatic: true, ...renamed(input, { RotationPeriodInDays: 'rotation_period_in_days' }) }
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/rotation`, data }
    },
  },
  DisableKeyRotation: {
    async ask(input, key) {
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/rotation`, data: { automatic: false } }
    },
  },
  GetKeyRotationStatus: {
    async ask(input, key) {
      return { operation: 'read', path: `keys/${await keyItself(input, key)}/rotation`, data: {} }
    },
    answer: ({ reply, key }) =>
      present({
        KeyId: arnOfKey(key, reply.key_id),
        KeyRotationEnabled: reply.automatic,
        RotationPeriodInDays: reply.rotation_period_in_days,
        NextRotationDate: epochSeconds(reply.next_rotation_date),
      }),
  },
  RotateKeyOnDemand: {
    async ask(input, key) {
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/rotate`, data: {} }
    },
    answer: ({ reply, key }) => ({ KeyId: arnOfKey(key, reply.key_id) }),
  },
  ListKeyRotations: {
    async ask(input, key) {
      return { operation: 'read', path: `keys/${await keyItself(input, key)}/rotations`, data: {} }
    },
    answer({ reply, input, key }) {
      const all = Array.isArray(reply.rotations) ? (reply.rotations as readonly Data[]) : []
      const { shown, more } = pageOf(all, input, ROTATIONS)
      const rotations = shown.map((one) => ({
        KeyId: arnOfKey(key, reply.key_id),
        RotationDate: epochSeconds(member(one, 'rotation_date')),
        RotationType: member(one, 'rotation_type'),
      }))
      return { Rotations: rotations, ...more }
    },
  },
}
