import { type Connection, type EngineContext, type Reply, route } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { byAccessor } from './lookup.ts'
import type { FoundToken, Renewal, TokenMethodServices } from './service.ts'

/** Renewing and revoking: https://developer.hashicorp.com/vault/api-docs/auth/token#renew-a-token */

type Context = EngineContext<TokenMethodServices>

const increment = field.duration({ default: 0, description: 'How long it shall live from now; 0: its usual time' })
const token = field.text({ default: '', description: 'The token' })
const accessor = field.text({ default: '', description: 'Accessor of the token' })
const auditClear = ['increment']

export const renew = route('renew', {
  summary: 'Extend the life of a token',
  fields: { token, increment },
  auditClear,
  operations: {
    update: (request, context: Context) => renewToken(request.fields.token, renewalOf(request), context),
  },
})

export const renewSelf = route('renew-self', {
  summary: 'Extend the life of the calling token',
  fields: { token: field.text({ default: '', description: 'Not used: it is always the calling token' }), increment },
  auditClear,
  operations: {
    update: (request, context: Context) => renewToken(request.token ?? '', renewalOf(request), context),
  },
})

export const renewAccessor = route('renew-accessor', {
  summary: "Extend the life of the accessor's token",
  fields: { accessor, increment },
  auditClear,
  operations: {
    update: async (request, context: Context) =>
      renewed(await byAccessor(request.fields.accessor, context), '', renewalOf(request), context),
  },
})

export const revoke = route('revoke', {
  summary: 'Revoke a token and all its children',
  fields: { token },
  operations: {
    update: async (request, context: Context) => {
      if (request.fields.token === '') throw invalid('missing token ID')
      await revokeIfKnown(request.fields.token, context)
      return undefined
    },
  },
})

export const revokeSelf = route('revoke-self', {
  summary: 'Revoke the calling token and all its children',
  fields: {},
  operations: {
    update: async (request, context: Context) => {
      await revokeIfKnown(request.token ?? '', context)
      return undefined
    },
  },
})

export const revokeAccessor = route('revoke-accessor', {
  summary: "Revoke the accessor's token and all its children",
  fields: { accessor },
  operations: {
    update: async (request, context: Context): Promise<Reply | undefined> => {
      const { tokens } = context.services
      if (request.fields.accessor === '') throw invalid('missing accessor')
      const known = !request.fields.accessor.includes('/')
      const found = known ? await tokens.lookupAccessor(request.fields.accessor) : undefined
      if (found === undefined) return { warnings: ['No token found with this accessor'] }
      await tokens.revokeTree(found.hash)
      return undefined
    },
  },
})

export const revokeOrphan = route('revoke-orphan', {
  summary: 'Revoke a token and leave its children as orphans',
  fields: { token },
  access: 'sudo',
  operations: {
    update: async (request, context: Context) => {
      if (request.fields.token === '') throw invalid('missing token ID')
      const found = await context.services.tokens.lookup(request.fields.token)
      if (found === undefined) throw invalid('token to revoke not found')
      refuseBatch(found, 'revoked')
      await context.services.tokens.revokeOrphaning(found.hash)
      return undefined
    },
  },
})

export const tidy = route('tidy', {
  summary: 'Remove rows that belong to no token',
  fields: {},
  operations: {
    update: async (_request, context: Context): Promise<Reply> => {
      const removed = await context.services.tokens.tidy()
      context.log.info({ removed }, 'token store tidied')
      return { status: 202, warnings: [`Tidy operation finished: ${removed} stale rows removed.`] }
    },
  },
})

const renewalOf = (request: { fields: { increment: number }; connection: Connection }): Renewal => ({
  incrementSeconds: request.fields.increment,
  connection: request.connection,
})

async function renewToken(text: string, renewal: Renewal, context: Context): Promise<Reply> {
  if (text === '') throw invalid('missing token ID')
  const found = await context.services.tokens.lookup(text)
  if (found === undefined) throw invalid('token not found')
  return renewed(found, text, renewal, context)
}

async function renewed(found: FoundToken, text: string, renewal: Renewal, context: Context): Promise<Reply> {
  refuseBatch(found, 'renewed')
  const { auth, warnings } = await context.services.tokens.renew(found, text, renewal)
  return { auth, warnings }
}

async function revokeIfKnown(text: string, context: Context): Promise<void> {
  const found = await context.services.tokens.lookup(text)
  if (found === undefined) return
  refuseBatch(found, 'revoked')
  await context.services.tokens.revokeTree(found.hash)
}

function refuseBatch(found: FoundToken, what: string): void {
  if (found.entry.type === 'batch') throw invalid(`batch tokens cannot be ${what}`)
}
