import { areBlocksWithin, isWithin } from '../../../engines/cidr.ts'
import { textOf } from '../../../engines/coerce.ts'
import {
  type AuthGrant,
  type EngineContext,
  type EngineRequest,
  type LoginAttempt,
  type Reply,
  route,
} from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { tokenGrant } from '../token-parameters.ts'
import { changedDuringLogin, isUnchanged } from '../unchanged.ts'
import { type Hasher, hasherOf } from './hasher.ts'
import { type AppRole, roleIdCodec, roleIdPath, storedRole, TEXT_MAX_BYTES } from './role.ts'
import { liveSecretId, type SecretId, useSecretId } from './secret-id.ts'

const fields = {
  role_id: field.text({ default: '', description: 'The id of the role' }),
  secret_id: field.text({ default: '', description: 'A secret id of the role, unless the role needs none' }),
}
type LoginRequest = EngineRequest<typeof fields>

export const login = route('login', {
  summary: 'Log in as a role',
  fields,
  access: 'none',
  operations: { update },
})

/** All that a caller learns of why a login failed, whatever the cause: the log says more. */
const REFUSED = 'invalid role or secret ID'

/** Why a login is refused, for the log: nothing of what was sent. */
class Refusal extends Error {
  override readonly name = 'Refusal'
}

async function update(request: LoginRequest, context: EngineContext): Promise<Reply> {
  const roleId = request.fields.role_id.trim()
  if (roleId === '') throw invalid('missing role_id')
  try {
    return { auth: await enter(request, roleId, context) }
  } catch (error) {
    throw refused(error, context)
  }
}

function refused(error: unknown, { log, mount }: EngineContext): unknown {
  const isAddress = error instanceof EgideError && error.code === 'permission_denied'
  if (!isAddress && !(error instanceof Refusal)) return error
  log.info({ mount: mount.path, reason: isAddress ? 'the address' : error.message }, 'a login was refused')
  return invalid(REFUSED)
}

/** Of a secret id at a role, worked out once for both times that a login is looked at. */
function secretHashes(hasher: Hasher, secretId: string): Attempt['secretHash'] {
  let known: { readonly uid: string; readonly hash: string } | undefined
  return ({ uid }) => {
    if (known?.uid !== uid) known = { uid, hash: hasher.secretId(uid, secretId) }
    return known.hash
  }
}

/** What one login is made with. */
interface Attempt {
  readonly roleId: string
  readonly secretHash: (role: AppRole) => string
  readonly connection: LoginRequest['connection']
  readonly nowMs: number
}

async function enter({ fields: sent, connection }: LoginRequest, roleId: string, context: EngineContext) {
  const secretId = sent.secret_id.trim()
  if (roleId.length > TEXT_MAX_BYTES || secretId.length > TEXT_MAX_BYTES) throw new Refusal('an id is too long')
  const hasher = await hasherOf(context)
  const index = await context.store.get(roleIdPath(hasher, roleId), roleIdCodec)
  if (index === undefined) throw new Refusal('there is no such role id')
  const attempt: Attempt = {
    roleId,
    secretHash: secretHashes(hasher, secretId),
    connection,
    nowMs: context.clock.now(),
  }
  const { role, secret } = await admitted(context.store, index.name, attempt)
  const grant = grantOf(role, secret, connection)
  return { ...grant, within: (tx: Tx) => stillAdmitted(tx, role, secret, attempt, context) }
}

/** The role and the secret id of a login. Throws Refusal. */
async function admitted(store: Reader, name: string, { roleId, secretHash, connection, nowMs }: Attempt) {
  const role = await storedRole(store, name)
  if (role?.roleId !== roleId) throw new Refusal('there is no such role id')
  if (!isWithin(role.secretIdBoundCidrs, connection.remoteAddress)) throw new Refusal('the address, by the role')
  if (!role.bindSecretId) return { role, secret: undefined }
  const secret = await liveSecretId(store, role.uid, secretHash(role), nowMs)
  if (secret === undefined) throw new Refusal('the role has no such secret id')
  if (!isWithin(secret.cidrs, connection.remoteAddress)) throw new Refusal('the address, by the secret id')
  if (!areBlocksWithin(role.token.boundCidrs, secret.tokenCidrs)) {
    throw new Refusal("the secret id's blocks for tokens are no longer within those of the role")
  }
  return { role, secret }
}

/**
 * The same in the transaction that makes the token: a role or secret id that went or changed in between lets nobody in,
 * and each use is counted once, however many log in at one time.
 */
async function stillAdmitted(
  tx: Tx,
  before: AppRole,
  secretBefore: SecretId | undefined,
  attempt: Attempt,
  context: EngineContext,
): Promise<void> {
  try {
    const { role, secret } = await admitted(tx, before.name, attempt)
    if (secret?.accessor !== secretBefore?.accessor) throw new Refusal('the secret id was changed meanwhile')
    if (!isUnchanged(role, before)) throw changedDuringLogin('role')
    if (secret !== undefined) useSecretId(tx, role.uid, attempt.secretHash(role), secret, attempt.nowMs)
  } catch (error) {
    throw refused(error, context)
  }
}

function grantOf(role: AppRole, secret: SecretId | undefined, connection: LoginRequest['connection']): AuthGrant {
  const terms = tokenGrant(role.token, connection)
  const metadata = { ...secret?.metadata, role_name: role.name }
  return {
    ...terms,
    boundCidrs: boundTo(role, terms.boundCidrs, secret?.tokenCidrs ?? [], connection.remoteAddress),
    displayName: '',
    meta: metadata,
    renewable: true,
    role: role.name,
    internal: { role: role.name, uid: role.uid },
    alias: { name: role.roleId, metadata },
  }
}

function boundTo(
  { token }: AppRole,
  ofRole: readonly string[],
  ofSecret: readonly string[],
  address: string,
): readonly string[] {
  if (!token.strictlyBindIp) return ofSecret.length > 0 ? ofSecret : ofRole
  if (!isWithin(ofSecret, address)) throw new Refusal('the address, which the token would be bound to')
  return ofRole
}

/** The role of a role id; undefined where there is none. */
export async function loginRole({ data }: LoginAttempt, context: EngineContext): Promise<string | undefined> {
  const roleId = textOf(data.role_id).trim()
  if (roleId === '' || roleId.length > TEXT_MAX_BYTES) return undefined
  return (await context.store.get(roleIdPath(await hasherOf(context), roleId), roleIdCodec))?.name
}

/** A token lives on by what its role says now, and not when the role is gone, also where another has its name. */
export async function renewedTerms(internal: Readonly<Record<string, unknown>>, { store }: EngineContext) {
  const name = String(internal.role)
  const role = await storedRole(store, name)
  if (role?.uid !== internal.uid || role === undefined) throw invalid(`role "${name}" does not exist during renewal`)
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}
