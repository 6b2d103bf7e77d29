import { type AuthGrant, type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { Tx } from '../../../storage/store.ts'
import { isSamePolicies } from '../policy-names.ts'
import { tokenGrant } from '../token-parameters.ts'
import { changedDuringLogin, isUnchanged } from '../unchanged.ts'
import { countFailure, forgetFailures, isLockedOut } from './lockout.ts'
import { isPassword, isSamePassword, PASSWORD_MAX_BYTES, type PasswordHash, renewedHash } from './password.ts'
import { canonicalName, storedUser, USERS, type User, userCodec, username } from './user.ts'

const fields = {
  // Whatever can be no name is refused in the words for a wrong password, not as a path that is not there.
  username: field.text({ anyCase: true, required: true, description: username.description }),
  password: field.text({ default: '', description: 'Their password' }),
}
type LoginRequest = EngineRequest<typeof fields>

export const login = route('login/:username', {
  summary: 'Log in with a name and a password',
  fields,
  access: 'none',
  auditClear: ['username'],
  operations: { update },
})

/** All that a caller learns of why a login failed, whatever the cause: the log says more. */
const REFUSED = 'invalid username or password'

async function update(request: LoginRequest, context: EngineContext): Promise<Reply> {
  const { username: sent, password } = request.fields
  if (password === '') throw invalid('missing password')
  if (Buffer.byteLength(password) > PASSWORD_MAX_BYTES) throw refused('the password is too long', context)
  const name = canonicalName(sent)
  const user = name === undefined ? undefined : await storedUser(context.store, name)
  const isRight = await isPassword(password, user?.password)
  if (name === undefined || user === undefined || !isRight) {
    const isNowLocked = await countFailure(name ?? sent, user !== undefined, context)
    const reason = user === undefined ? 'there is no such user' : 'the password'
    throw refused(isNowLocked && user !== undefined ? `${reason}; the user is locked out` : reason, context)
  }
  if (await isLockedOut(context.store, name, context)) {
    await countFailure(name, true, context)
    throw refused('the user is locked out', context)
  }
  const renewed = await renewedHash(password, user.password, context.random)
  return { auth: grantOf(name, user, renewed, request, context) }
}

function refused(reason: string, { log, mount }: EngineContext): EgideError {
  log.info({ mount: mount.path, reason }, 'a login was refused')
  return invalid(REFUSED)
}

function grantOf(
  name: string,
  user: User,
  renewed: PasswordHash,
  { connection }: LoginRequest,
  context: EngineContext,
): AuthGrant {
  const metadata = { username: name }
  return {
    ...termsOf(user, connection, context),
    displayName: name,
    meta: metadata,
    renewable: true,
    role: name,
    internal: { username: name, uid: user.uid, policies: user.token.policies },
    alias: { name, metadata: {} },
    within: async (tx) => {
      const now = await stillAdmitted(tx, name, user, context)
      // Nothing is written where the hash is one of ours already.
      if (renewed !== user.password) tx.put(USERS + name, { ...now, password: renewed }, userCodec)
    },
  }
}

function termsOf({ token }: User, connection: LoginRequest['connection'], context: EngineContext) {
  try {
    return tokenGrant(token, connection)
  } catch (error) {
    throw error instanceof EgideError && error.code === 'permission_denied' ? refused('the address', context) : error
  }
}

/**
 * In the transaction that makes the token: whoever tries many passwords at once gets no further than one after the
 * other, a password that was changed meanwhile lets nobody in, and nobody gets what their tokens are no longer to have.
 */
async function stillAdmitted(tx: Tx, name: string, before: User, context: EngineContext): Promise<User> {
  const user = await storedUser(tx, name)
  if (user?.uid !== before.uid || !isSamePassword(user.password, before.password)) {
    throw refused('the user was changed meanwhile', context)
  }
  if (await isLockedOut(tx, name, context)) throw refused('the user is locked out', context)
  if (!isUnchanged(user.token, before.token)) throw changedDuringLogin('user')
  await forgetFailures(tx, name)
  return user
}

/** A token lives on by what its user has now: not when they are gone, or have other policies. */
export async function renewedTerms(internal: Readonly<Record<string, unknown>>, { store }: EngineContext) {
  const user = await storedUser(store, String(internal.username))
  if (user === undefined || user.uid !== internal.uid) throw invalid('the user does not exist, not renewing')
  const before = Array.isArray(internal.policies) ? internal.policies : []
  if (!isSamePolicies(user.token.policies, before)) throw invalid('policies have changed, not renewing')
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = user.token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}
