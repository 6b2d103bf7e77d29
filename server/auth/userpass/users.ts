import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import { normalPolicies } from '../policy-names.ts'
import {
  olderTokenFields,
  shownTokenParameters,
  tokenFields,
  tokenParameters,
  tokenReply,
} from '../token-parameters.ts'
import { forgetFailures } from './lockout.ts'
import { hashOf, importedHash, PASSWORD_MAX_BYTES, type PasswordHash } from './password.ts'
import { nameOf, storedUser, USERS, userCodec, username } from './user.ts'

/** Users: https://openbao.org/api-docs/auth/userpass/ */

const passwordFields = {
  password: field.text({ default: '', description: 'Their password' }),
  password_hash: field.text({
    default: '',
    description: 'In the place of a password, a bcrypt hash of it. It gives way to one of Argon2id at the first login',
  }),
}
type PasswordFields = { readonly password: string; readonly password_hash: string }

const { policies: olderPolicies, ttl, max_ttl, bound_cidrs } = olderTokenFields
const fields = { username, ...passwordFields, ...tokenFields, policies: olderPolicies, ttl, max_ttl, bound_cidrs }
const passwordOnly = { username, ...passwordFields }
const policiesOnly = { username, token_policies: tokenFields.token_policies, policies: olderPolicies }
type UserRequest = EngineRequest<typeof fields>

const CLEAR = Object.keys(fields).filter((name) => !name.startsWith('password'))
const texts = Type.Array(Type.String())

export const users = route('users', {
  summary: 'List the users',
  fields: pageFields,
  operations: {
    list: async ({ fields: page }, { store }: EngineContext) => listed(await store.list(USERS, pageOf(page))),
  },
})

export const user = route('users/:username', {
  summary: 'Who may log in, and what their tokens are like',
  fields,
  exists: async (request, { store }) => (await storedUser(store, nameOf(request))) !== undefined,
  auditClear: CLEAR,
  returns: Type.Object({
    ...tokenReply,
    policies: Type.Optional(texts),
    ttl: Type.Optional(Type.Integer()),
    max_ttl: Type.Optional(Type.Integer()),
    bound_cidrs: Type.Optional(texts),
  }),
  operations: { create: write, update: write, read, delete: remove },
})

export const userPassword = route('users/:username/password', {
  summary: 'Give a user a new password',
  fields: passwordOnly,
  auditClear: CLEAR,
  operations: { update: changePassword },
})

export const userPolicies = route('users/:username/policies', {
  summary: 'Give a user other policies',
  fields: policiesOnly,
  auditClear: CLEAR,
  operations: { update: changePolicies },
})

async function read(request: UserRequest, { store }: EngineContext): Promise<Reply> {
  const found = await storedUser(store, nameOf(request))
  if (found === undefined) throw notFound()
  return { data: shownTokenParameters(found.token) }
}

async function remove(request: UserRequest, { store }: EngineContext): Promise<undefined> {
  const name = nameOf(request)
  await store.transaction(async (tx) => {
    tx.delete(USERS + name)
    await forgetFailures(tx, name)
  })
}

/** What is not sent stays as it was. */
async function write(request: UserRequest, context: EngineContext): Promise<undefined> {
  const name = nameOf(request)
  const { fields: sent } = request
  // It is checked before the costly part, and hashed outside the transaction, which may run again.
  tokenParameters(request, undefined, sent)
  const password = await newPassword(sent, context)
  await context.store.transaction(async (tx) => {
    const before = await storedUser(tx, name)
    const kept = password ?? before?.password
    if (kept === undefined) throw invalid('must provide either password or password_hash')
    const token = tokenParameters(request, before?.token, sent)
    tx.put(USERS + name, { uid: before?.uid ?? context.random.uuid(), password: kept, token }, userCodec)
  })
}

async function changePassword(request: EngineRequest<typeof passwordOnly>, context: EngineContext): Promise<undefined> {
  const name = nameOf(request)
  if ((await storedUser(context.store, name)) === undefined) throw invalid('username does not exist')
  const password = await newPassword(request.fields, context)
  if (password === undefined) throw invalid('must provide either password or password_hash')
  await context.store.transaction(async (tx) => {
    const before = await storedUser(tx, name)
    if (before === undefined) throw invalid('username does not exist')
    tx.put(USERS + name, { ...before, password }, userCodec)
  })
}

async function changePolicies(
  request: EngineRequest<typeof policiesOnly>,
  { store }: EngineContext,
): Promise<undefined> {
  const { policies, token_policies } = request.fields
  await store.transaction(async (tx) => {
    const before = await storedUser(tx, nameOf(request))
    if (before === undefined) throw invalid('username does not exist')
    const token = tokenParameters(
      { fields: { token_policies: token_policies && normalPolicies(token_policies) } },
      before.token,
      { policies },
    )
    tx.put(USERS + nameOf(request), { ...before, token }, userCodec)
  })
}

/** Undefined where none is sent. */
async function newPassword(sent: PasswordFields, { random }: EngineContext): Promise<PasswordHash | undefined> {
  if (sent.password_hash !== '') {
    if (sent.password !== '') throw invalid('only one of password or password_hash may be provided')
    return importedHash(sent.password_hash)
  }
  if (sent.password === '') return undefined
  if (Buffer.byteLength(sent.password) > PASSWORD_MAX_BYTES) {
    throw invalid(`password is longer than ${PASSWORD_MAX_BYTES} bytes`)
  }
  return hashOf(sent.password, random)
}
