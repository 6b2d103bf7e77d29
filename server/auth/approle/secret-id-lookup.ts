import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { Reader } from '../../../storage/store.ts'
import { type Hasher, hasherOf } from './hasher.ts'
import { roleNamed, roleNameOf } from './role.ts'
import { roleName } from './role-fields.ts'
import { deleteSecretId, hashOfAccessor, liveSecretId, type SecretId } from './secret-id.ts'

/** Looking up and ending secret ids, by themselves and by their accessors. */

const byId = { role_name: roleName, secret_id: field.text({ required: true, description: 'The secret id' }) }
const byAccessor = {
  role_name: roleName,
  secret_id_accessor: field.text({ required: true, description: 'What names the secret id without being one' }),
}
type IdRequest = EngineRequest<typeof byId>
type AccessorRequest = EngineRequest<typeof byAccessor>

const texts = Type.Array(Type.String())
const Shown = Type.Object({
  secret_id_accessor: Type.String(),
  secret_id_num_uses: Type.Integer(),
  secret_id_ttl: Type.Integer(),
  creation_time: Type.String(),
  expiration_time: Type.String(),
  last_updated_time: Type.String(),
  metadata: Type.Record(Type.String(), Type.String()),
  cidr_list: texts,
  token_bound_cidrs: texts,
})
const CLEAR = [
  'role_name',
  'secret_id_num_uses',
  'secret_id_ttl',
  'creation_time',
  'expiration_time',
  'last_updated_time',
  'cidr_list',
  'token_bound_cidrs',
]

export const lookupSecretId = route('role/:role_name/secret-id/lookup', {
  summary: 'What there is to know of a secret id',
  fields: byId,
  auditClear: CLEAR,
  returns: Shown,
  operations: {
    update: {
      pure: true,
      async handler(request: IdRequest, context: EngineContext) {
        const found = await ofId(request, context.store, await hasherOf(context), context)
        return found === undefined ? undefined : shown(found.secretId)
      },
    },
  },
})

export const destroySecretId = route('role/:role_name/secret-id/destroy', {
  summary: 'End a secret id',
  fields: byId,
  auditClear: CLEAR,
  closingSlash: true,
  operations: { update: destroyById, delete: destroyById },
})

export const lookupAccessor = route('role/:role_name/secret-id-accessor/lookup', {
  summary: 'What there is to know of the secret id with this accessor',
  fields: byAccessor,
  auditClear: CLEAR,
  returns: Shown,
  operations: {
    update: {
      pure: true,
      handler: async (request: AccessorRequest, context: EngineContext) =>
        shown((await ofAccessor(request, context.store, context)).secretId),
    },
  },
})

export const destroyAccessor = route('role/:role_name/secret-id-accessor/destroy', {
  summary: 'End the secret id with this accessor',
  fields: byAccessor,
  auditClear: CLEAR,
  closingSlash: true,
  operations: { update: destroyByAccessor, delete: destroyByAccessor },
})

interface Found {
  readonly uid: string
  readonly hash: string
  readonly secretId: SecretId
}

async function ofId(
  request: IdRequest,
  store: Reader,
  hasher: Hasher,
  { clock }: EngineContext,
): Promise<Found | undefined> {
  const { uid } = await roleNamed(roleNameOf(request), store)
  const hash = hasher.secretId(uid, request.fields.secret_id.trim())
  const secretId = await liveSecretId(store, uid, hash, clock.now())
  return secretId === undefined ? undefined : { uid, hash, secretId }
}

/** Throws `not_found`, also for an accessor of another role. */
async function ofAccessor(request: AccessorRequest, store: Reader, { clock }: EngineContext): Promise<Found> {
  const { uid } = await roleNamed(roleNameOf(request), store)
  const hash = await hashOfAccessor(store, uid, request.fields.secret_id_accessor)
  const secretId = hash === undefined ? undefined : await liveSecretId(store, uid, hash, clock.now())
  if (hash === undefined || secretId === undefined)
    throw notFound('failed to find accessor entry for secret_id_accessor')
  return { uid, hash, secretId }
}

async function destroyById(request: IdRequest, context: EngineContext): Promise<undefined> {
  const hasher = await hasherOf(context)
  await context.store.transaction(async (tx) => {
    const found = await ofId(request, tx, hasher, context)
    if (found !== undefined) deleteSecretId(tx, found.uid, found.hash, found.secretId)
  })
}

async function destroyByAccessor(request: AccessorRequest, context: EngineContext): Promise<undefined> {
  await context.store.transaction(async (tx) => {
    const { uid, hash, secretId } = await ofAccessor(request, tx, context)
    deleteSecretId(tx, uid, hash, secretId)
  })
}

/** How Go writes the time that is none. */
const NEVER = '0001-01-01T00:00:00Z'

function shown(secretId: SecretId): Reply {
  return {
    data: {
      secret_id_accessor: secretId.accessor,
      secret_id_num_uses: secretId.numUses,
      secret_id_ttl: secretId.ttlSeconds,
      creation_time: new Date(secretId.createdMs).toISOString(),
      expiration_time: secretId.expiresAtMs === 0 ? NEVER : new Date(secretId.expiresAtMs).toISOString(),
      last_updated_time: new Date(secretId.updatedMs).toISOString(),
      metadata: secretId.metadata,
      cidr_list: secretId.cidrs,
      token_bound_cidrs: secretId.tokenCidrs,
    },
  }
}
