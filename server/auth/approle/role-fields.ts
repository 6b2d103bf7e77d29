import Type from 'typebox'
import { canonicalCidrs } from '../../../engines/cidr.ts'
import type { EngineContext } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field, type Values } from '../../../engines/field.ts'
import {
  olderTokenFields,
  shownTokenParameters,
  tokenFields,
  tokenParameters,
  tokenReply,
} from '../token-parameters.ts'
import { type AppRole, TEXT_MAX_BYTES } from './role.ts'

/** What a role is like: https://openbao.org/api-docs/auth/approle/#createupdate-approle */

export const roleName = field.name({
  anyCase: true,
  required: true,
  description: 'Name of the role, which is the same in capitals and small letters',
})

export const roleFields = {
  bind_secret_id: field.bool({ description: 'A login needs a secret id; true unless set' }),
  bound_cidr_list: field.bounds({ deprecated: true, description: 'Older name of secret_id_bound_cidrs' }),
  secret_id_bound_cidrs: field.bounds({ description: 'Addresses and CIDR blocks to log in from' }),
  secret_id_num_uses: field.int({ description: 'How many logins a secret id is good for; 0: no limit' }),
  secret_id_ttl: field.duration({ description: 'How long a secret id is good for; 0: no limit' }),
  local_secret_ids: field.bool({ description: 'Secret ids belong to this cluster alone; set when the role is made' }),
  role_id: field.text({ description: 'The id to log in with; one is made where none is set' }),
  policies: olderTokenFields.policies,
  period: olderTokenFields.period,
  ...tokenFields,
}

/** Fields that are sent, or that a part of a role goes back to. */
export type RoleChange = { readonly [K in keyof typeof roleFields]?: Values<typeof roleFields>[K] | undefined }

const texts = Type.Array(Type.String())

/** What each field looks like to who reads it. */
export const shownFields = {
  bind_secret_id: Type.Boolean(),
  bound_cidr_list: Type.Optional(texts),
  secret_id_bound_cidrs: texts,
  secret_id_num_uses: Type.Integer(),
  secret_id_ttl: Type.Integer(),
  local_secret_ids: Type.Boolean(),
  role_id: Type.String(),
  policies: Type.Optional(texts),
  period: Type.Optional(Type.Integer()),
  ...tokenReply,
}

export interface Changed {
  readonly role: AppRole
  readonly warnings: readonly string[]
}

/** `change` over what there was; what it does not name stays. Throws `invalid_request` naming the field. */
export function changedRole(
  name: string,
  change: RoleChange,
  before: AppRole | undefined,
  { random, mount }: Pick<EngineContext, 'random' | 'mount'>,
): Changed {
  const warnings: string[] = []
  if (before !== undefined && change.local_secret_ids !== undefined) {
    throw invalid('local_secret_ids can only be modified during role creation')
  }
  const cidrs = change.secret_id_bound_cidrs ?? change.bound_cidr_list
  const role: AppRole = {
    name,
    uid: before?.uid ?? random.uuid(),
    roleId: checkedId(change.role_id) ?? before?.roleId ?? random.uuid(),
    bindSecretId: change.bind_secret_id ?? before?.bindSecretId ?? true,
    secretIdBoundCidrs:
      cidrs === undefined ? (before?.secretIdBoundCidrs ?? []) : canonicalCidrs('secret_id_bound_cidrs', cidrs),
    secretIdNumUses: natural('secret_id_num_uses', change.secret_id_num_uses) ?? before?.secretIdNumUses ?? 0,
    secretIdTtlSeconds: natural('secret_id_ttl', change.secret_id_ttl) ?? before?.secretIdTtlSeconds ?? 0,
    localSecretIds: before?.localSecretIds ?? change.local_secret_ids ?? false,
    token: tokenParameters(
      { fields: { ...change, token_type: plainType(change.token_type, warnings) } },
      before?.token,
      change,
    ),
  }
  check(role)
  if (change.token_period === undefined) checkPeriod(change.period ?? 0, mount.maxLeaseTtlSeconds)
  if (role.token.maxTtlSeconds > mount.maxLeaseTtlSeconds) {
    warnings.push("token_max_ttl is greater than the mount's maximum; tokens live no longer than the mount allows")
  }
  return { role, warnings }
}

function checkedId(sent: string | undefined): string | undefined {
  const id = sent?.trim()
  if (id === '') throw invalid('missing role_id')
  if (id !== undefined && Buffer.byteLength(id) > TEXT_MAX_BYTES) {
    throw invalid(`role_id is longer than ${TEXT_MAX_BYTES} bytes`)
  }
  return id
}

function natural(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && value < 0) throw invalid(`${name} cannot be negative`)
  return value
}

/** There is nobody who could ask for the other kind. */
function plainType(sent: string | undefined, warnings: string[]): string | undefined {
  if (sent !== 'default-service' && sent !== 'default-batch') return sent
  const plain = sent.slice('default-'.length)
  warnings.push(`${sent} has no useful meaning; adjusting to ${plain}`)
  return plain
}

function check({ bindSecretId, secretIdBoundCidrs, token }: AppRole): void {
  if (!bindSecretId && secretIdBoundCidrs.length === 0 && token.boundCidrs.length === 0) {
    throw invalid('at least one constraint should be enabled on the role')
  }
}

/** By its older name alone, as in peers. A period that is longer by the newer one, or by a mount that was tuned since, is cut at the login. */
function checkPeriod(seconds: number, maxLeaseTtlSeconds: number): void {
  if (seconds > maxLeaseTtlSeconds) {
    throw invalid(`period of "${seconds}s" is greater than the backend's maximum lease TTL of "${maxLeaseTtlSeconds}s"`)
  }
}

export function shownRole(role: AppRole): Readonly<Record<string, unknown>> {
  return {
    bind_secret_id: role.bindSecretId,
    secret_id_bound_cidrs: role.secretIdBoundCidrs,
    secret_id_num_uses: role.secretIdNumUses,
    secret_id_ttl: role.secretIdTtlSeconds,
    local_secret_ids: role.localSecretIds,
    ...shownTokenParameters(role.token),
  }
}
