import Type from 'typebox'
import { areBlocksWithin, canonicalCidrs } from '../../../engines/cidr.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import { hasherOf } from './hasher.ts'
import { type AppRole, roleNamed, roleNameOf, TEXT_MAX_BYTES } from './role.ts'
import { roleName } from './role-fields.ts'
import { ACCESSORS, deleteSecretId, putSecretId, type SecretId, storedSecretId, unexpired } from './secret-id.ts'

/** Making secret ids: https://openbao.org/api-docs/auth/approle/#generate-new-secret-id */

const METADATA_MAX_CHARS = 16_384

const settings = {
  metadata: field.commaMap({
    default: {},
    description: 'Metadata of the tokens of its logins: an object, or JSON text of one',
  }),
  cidr_list: field.bounds({ default: [], description: "Where logins may come from, within the role's blocks" }),
  token_bound_cidrs: field.bounds({
    default: [],
    description: "Where tokens may be used from, within the role's blocks",
  }),
  num_uses: field.int({ description: "How many logins it is good for, at most the role's; 0: no limit" }),
  ttl: field.duration({ description: "How long it is good for, at most the role's; 0: no limit" }),
}
const generateFields = { role_name: roleName, ...settings, ...pageFields }
const customFields = {
  role_name: roleName,
  ...settings,
  secret_id: field.text({
    required: true,
    description: 'The secret id: hard to guess, as nothing else guards the role',
  }),
}
type SettingsRequest = EngineRequest<{ role_name: typeof roleName } & typeof settings>

const Made = Type.Object({
  secret_id: Type.String(),
  secret_id_accessor: Type.String(),
  secret_id_ttl: Type.Integer(),
  secret_id_num_uses: Type.Integer(),
})
const CLEAR = ['role_name', 'cidr_list', 'token_bound_cidrs', 'num_uses', 'ttl', 'secret_id_ttl', 'secret_id_num_uses']

export const secretIds = route('role/:role_name/secret-id', {
  summary: 'Make a secret id, and list the accessors of those that there are',
  fields: generateFields,
  auditClear: CLEAR,
  operations: {
    update: {
      handler: (request, context: EngineContext) => make(request, context.random.uuid(), context),
      returns: Made,
    },
    list: async ({ fields }, context) => {
      const { uid } = await roleNamed(roleNameOf({ fields }), context.store)
      return listed(await context.store.list(`${ACCESSORS}${uid}/`, pageOf(fields)))
    },
  },
})

export const customSecretId = route('role/:role_name/custom-secret-id', {
  summary: 'Make a secret id of your own choice',
  fields: customFields,
  auditClear: CLEAR,
  returns: Made,
  operations: {
    update: (request, context: EngineContext) => make(request, checkedSecretId(request.fields.secret_id), context),
  },
})

function checkedSecretId(sent: string): string {
  const secretId = sent.trim()
  if (secretId === '') throw invalid('missing secret_id')
  if (Buffer.byteLength(secretId) > TEXT_MAX_BYTES) throw invalid(`secret_id is longer than ${TEXT_MAX_BYTES} bytes`)
  return secretId
}

async function make(request: SettingsRequest, secretId: string, context: EngineContext): Promise<Reply> {
  const { store, clock, random, mount } = context
  const name = roleNameOf(request)
  const hasher = await hasherOf(context)
  const made = await store.transaction(async (tx) => {
    const role = await roleNamed(name, tx)
    const nowMs = clock.now()
    const entry = entryOf(request, role, random.uuid(), mount.maxLeaseTtlSeconds, nowMs)
    const hash = hasher.secretId(role.uid, secretId)
    const before = await storedSecretId(tx, role.uid, hash)
    if (unexpired(before, nowMs) !== undefined) throw invalid('SecretID is already registered')
    // The accessor of one that has expired must not name its successor.
    if (before !== undefined) deleteSecretId(tx, role.uid, hash, before)
    putSecretId(tx, role.uid, hash, entry)
    return { entry, uid: role.uid, hash }
  })
  const { entry } = made
  return {
    data: {
      secret_id: secretId,
      secret_id_accessor: entry.accessor,
      secret_id_ttl: Math.min(entry.ttlSeconds, mount.maxLeaseTtlSeconds),
      secret_id_num_uses: entry.numUses,
    },
    takeBack: () => store.transaction(async (tx) => deleteSecretId(tx, made.uid, made.hash, entry)),
  }
}

function entryOf(
  { fields }: SettingsRequest,
  role: AppRole,
  accessor: string,
  maxLeaseTtlSeconds: number,
  nowMs: number,
): SecretId {
  if (!role.bindSecretId) throw invalid('bind_secret_id is not set on the role')
  const numUses = fields.num_uses ?? role.secretIdNumUses
  if (numUses < 0) throw invalid('num_uses cannot be negative')
  if (isMore(numUses, role.secretIdNumUses)) {
    throw invalid("num_uses cannot be higher than the role's secret_id_num_uses")
  }
  const ttlSeconds = fields.ttl ?? role.secretIdTtlSeconds
  if (ttlSeconds < 0) throw invalid('ttl cannot be negative')
  if (isMore(ttlSeconds, role.secretIdTtlSeconds)) throw invalid("ttl cannot be longer than the role's secret_id_ttl")
  const livesSeconds = Math.min(ttlSeconds, maxLeaseTtlSeconds)
  return {
    accessor,
    numUses,
    ttlSeconds,
    createdMs: nowMs,
    updatedMs: nowMs,
    expiresAtMs: livesSeconds === 0 ? 0 : nowMs + livesSeconds * 1000,
    metadata: checkedMetadata(fields.metadata),
    cidrs: blocksWithin('cidr_list', fields.cidr_list, role.secretIdBoundCidrs),
    tokenCidrs: blocksWithin('token_bound_cidrs', fields.token_bound_cidrs, role.token.boundCidrs),
  }
}

/** 0 is no limit. */
function isMore(value: number, bound: number): boolean {
  return bound > 0 && (value === 0 || value > bound)
}

function blocksWithin(name: string, sent: readonly string[], ofRole: readonly string[]): readonly string[] {
  const blocks = canonicalCidrs(name, sent)
  if (!areBlocksWithin(ofRole, blocks)) throw invalid(`${name} must lie within the CIDR blocks of the role`)
  return blocks
}

/** It comes along in each token and in each audit record of one. */
function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (JSON.stringify(metadata).length > METADATA_MAX_CHARS) {
    throw invalid(`metadata is longer than ${METADATA_MAX_CHARS} characters`)
  }
  return metadata
}
