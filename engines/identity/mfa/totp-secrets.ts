import Type from 'typebox'
import type { Tx } from '../../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { OneTimeKey } from '../../one-time-codes/codes.ts'
import { exportedKey } from '../../one-time-codes/otpauth-url.ts'
import type { Entity } from '../documents.ts'
import { entityOf, writeEntity } from '../entities.ts'
import type { Context } from '../shown.ts'
import { type MfaMethod, mfaRows, secretCodec } from './documents.ts'
import { placedMethod } from './methods.ts'

/** Secrets of entities for TOTP methods: https://openbao.org/api-docs/secret/identity/mfa/totp/ */

const method_id = field.text({ default: '', description: 'Id of the method.' })
const entity_id = field.text({ default: '', description: 'Id of the entity.' })
type OwnRequest = EngineRequest<{ readonly method_id: typeof method_id }>
type AdminRequest = EngineRequest<{ readonly method_id: typeof method_id; readonly entity_id: typeof entity_id }>

const auditClear = ['method_id', 'entity_id']
const Generated = Type.Object({
  url: Type.String({ description: 'For an authenticator. It holds the secret.' }),
  barcode: Type.Optional(Type.String({ description: 'The same as a QR code: a PNG in base64.' })),
})

/** Methods that one entity has secrets of. */
const SECRETS_MAX = 50

export const generateTotp = route('mfa/method/totp/generate', {
  summary: 'Make a TOTP secret for the entity of the calling token',
  fields: { method_id },
  auditClear,
  returns: Generated,
  operations: {
    update: async ({ fields, caller }: OwnRequest, context: Context) =>
      generated(fields.method_id, caller?.entityId ?? '', context),
  },
})

export const adminGenerateTotp = route('mfa/method/totp/admin-generate', {
  summary: 'Make a TOTP secret for an entity',
  fields: { method_id, entity_id },
  auditClear,
  returns: Generated,
  operations: {
    update: async ({ fields }: AdminRequest, context: Context) =>
      generated(fields.method_id, fields.entity_id, context),
  },
})

export const adminDestroyTotp = route('mfa/method/totp/admin-destroy', {
  summary: 'Delete the TOTP secret of an entity',
  fields: { method_id, entity_id },
  auditClear,
  operations: {
    update: async ({ fields }: AdminRequest, context: Context): Promise<undefined> => {
      if (fields.method_id === '') throw invalid('missing method ID')
      if (fields.entity_id === '') throw invalid('missing entity ID')
      await context.store.transaction(async (tx) => {
        const { entity, method } = await asked(tx, fields.method_id, fields.entity_id, context)
        if (method.type !== 'totp') throw invalid('method ID does not match TOTP type')
        destroy(tx, entity, method.id)
      })
    },
  },
})

function destroy(tx: Tx, entity: Entity, methodId: string): void {
  const mfaMethodIds = (entity.mfaMethodIds ?? []).filter((id) => id !== methodId)
  writeEntity(tx, entity, { ...entity, mfaMethodIds })
  tx.delete(mfaRows.tried(methodId, entity.id))
}

/** One that nobody was told would stand in the way of another; another that was made meanwhile stays. */
async function takeBack({ secret }: OneTimeKey, methodId: string, entityId: string, { store }: Context): Promise<void> {
  await store.transaction(async (tx) => {
    const now = await tx.get(mfaRows.secret(methodId, entityId), secretCodec)
    const entity = now?.secret.equals(secret) === true ? await entityOf(tx, entityId) : undefined
    if (entity !== undefined) destroy(tx, entity, methodId)
  })
}

async function generated(methodId: string, entityId: string, context: Context): Promise<Reply> {
  if (methodId === '') throw invalid('missing method ID')
  if (entityId === '') throw invalid('missing entityID')
  const { random, store } = context
  return store.transaction(async (tx) => {
    const { entity, method } = await asked(tx, methodId, entityId, context)
    if (method.type !== 'totp') throw invalid(`generate not available for MFA type "${method.type}"`)
    const has = entity.mfaMethodIds ?? []
    if (has.includes(method.id)) return { warnings: [`Entity already has a secret for MFA method "${method.name}"`] }
    if (has.length >= SECRETS_MAX) throw invalid(`an entity has secrets of at most ${SECRETS_MAX} methods`)
    const { issuer, periodSeconds, keyBytes, algorithm, digits, skew, qrSize } = method.terms
    const secret = random.bytes(keyBytes)
    const key: OneTimeKey = { secret, issuer, accountName: entity.id, periodSeconds, algorithm, digits, skew }
    tx.put(mfaRows.secret(method.id, entity.id), key, secretCodec)
    writeEntity(tx, entity, { ...entity, mfaMethodIds: [...has, method.id] })
    return { data: exportedKey(key, qrSize), takeBack: () => takeBack(key, method.id, entity.id, context) }
  })
}

async function asked(
  tx: Tx,
  methodId: string,
  entityId: string,
  context: Context,
): Promise<{ entity: Entity; method: MfaMethod }> {
  const method = (await placedMethod(methodId, tx, context))?.method
  if (method === undefined) throw invalid(`configuration for method ID "${methodId.slice(0, 100)}" does not exist`)
  const entity = await entityOf(tx, entityId)
  if (entity === undefined) throw invalid('invalid entity ID')
  return { entity, method }
}
