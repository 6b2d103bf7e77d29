import Type from 'typebox'
import { goDuration } from '../../duration.ts'
import { type EngineContext, type Reply, type Route, type RouteSpec, route } from '../../engine.ts'
import { field } from '../../field.ts'
import type { RotationConfig, SealServices } from '../services/seal.ts'

type Context = EngineContext<SealServices>

export const keyStatus = route('key-status', {
  summary: 'Which key encrypts, since when, and how often it was used',
  fields: {},
  returns: Type.Object({
    term: Type.Integer(),
    install_time: Type.String({ format: 'date-time' }),
    encryptions: Type.Integer({ description: 'Estimate.' }),
  }),
  auditClear: ['term', 'install_time', 'encryptions'],
  operations: {
    read: async (_request, { services }: Context) => {
      const { term, installTimeMs, encryptions } = await services.seal.keyStatus()
      return { data: { term, install_time: new Date(installTimeMs).toISOString(), encryptions }, topLevel: true }
    },
  },
})

const rotateSpec: RouteSpec<Record<never, never>, SealServices> = {
  summary: 'Make a new key that encrypts from now on; what was written stays readable',
  access: 'sudo',
  fields: {},
  operations: {
    update: async (_request, { services }: Context) => {
      await services.seal.rotateKeyring()
      return undefined
    },
  },
}
export const rotate = route('rotate', rotateSpec)
export const rotateKeyring = route('rotate/keyring', rotateSpec)

const configFields = {
  enabled: field.bool({ description: 'Whether the key is rotated by itself.' }),
  interval: field.duration({ description: 'At what age it is: 24 hours or more, or 0 for never by age.' }),
  max_operations: field.int({ description: 'After how many encryptions it is: from a million to 2^31.' }),
}

const configSpec: RouteSpec<typeof configFields, SealServices> = {
  summary: 'When the encrypting key is rotated by itself',
  description: 'After 2^31 encryptions it is in any case: with random nonces a key must not make many more.',
  fields: configFields,
  returns: Type.Object({
    enabled: Type.Boolean(),
    interval: Type.Union([Type.String({ format: 'duration' }), Type.Integer()]),
    max_operations: Type.Integer(),
  }),
  auditClear: ['enabled', 'interval', 'max_operations'],
  operations: {
    read: async (_request, { services }: Context) => configReply(await services.seal.rotationConfig()),
    update: async ({ fields }, { services }: Context) => {
      await services.seal.configureRotation({
        ...(fields.enabled !== undefined && { enabled: fields.enabled }),
        ...(fields.interval !== undefined && { intervalSeconds: fields.interval }),
        ...(fields.max_operations !== undefined && { maxOperations: fields.max_operations }),
      })
      return undefined
    },
  },
}
export const rotateConfig = route('rotate/config', configSpec)
export const rotateKeyringConfig = route('rotate/keyring/config', configSpec)

function configReply({ enabled, intervalSeconds, maxOperations }: RotationConfig): Reply {
  const interval = intervalSeconds === 0 ? 0 : goDuration(intervalSeconds)
  return { data: { enabled, interval, max_operations: maxOperations } }
}

export const rotateRoot: Route<SealServices> = route('rotate/root', {
  summary: 'Replace the root key; the shares stay',
  access: 'sudo',
  fields: {},
  operations: {
    update: async (_request, { services }: Context) => {
      await services.seal.rotateRootKey()
      return undefined
    },
  },
})
