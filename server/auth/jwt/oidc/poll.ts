import { type EngineContext, type EngineRequest, type Reply, route } from '../../../../engines/engine.ts'
import { invalid } from '../../../../engines/errors.ts'
import { field } from '../../../../engines/field.ts'
import { TokenRefused } from '../../jwks/verify-token.ts'
import type { Identity } from '../claims.ts'
import { grantOf } from '../grant.ts'
import { providerOf } from '../provider.ts'
import { loginError } from '../refusal.ts'
import { type JwtRole, storedRole } from '../role.ts'
import { type Attempt, find, isClient, updateAttempt } from './attempt.ts'
import { exchangeDeviceCode, identityFrom, type NotYet } from './exchange.ts'

const fields = {
  state: field.text({ default: '', description: 'What the login was begun with' }),
  client_nonce: field.text({ default: '', description: 'What the client gave when it began' }),
}
type PollRequest = EngineRequest<typeof fields>

export const poll = route('oidc/poll', {
  summary: 'Get the token of a login in direct or device mode, once they have logged in at the provider',
  fields,
  access: 'none',
  operations: { update },
})

async function update(request: PollRequest, context: EngineContext): Promise<Reply> {
  const { state, client_nonce: nonce } = request.fields
  const attempt = await find(context.store, state, context)
  const roleName = attempt?.role ?? ''
  try {
    if (attempt === undefined) throw new TokenRefused('the state is unknown, over, or used')
    if (!isClient(attempt, nonce)) {
      // Nobody gets to guess a nonce twice.
      await updateAttempt(context, state, () => undefined)
      throw new TokenRefused('it is not the client that began')
    }
    const role = await roleOf(attempt, context)
    const outcome =
      attempt.deviceCode === undefined
        ? directOutcome(attempt)
        : await oneByOne(state, () => deviceOutcome(attempt, role, context))
    if ('notYet' in outcome) throw invalid(outcome.notYet)
    // Who takes the attempt away gets the token; of several at once only one does.
    const taken = await updateAttempt(context, state, () => undefined)
    if (taken === undefined) throw new TokenRefused('the state is used')
    return { auth: grantOf(role, roleName, outcome, request.connection) }
  } catch (error) {
    throw loginError(error, context, roleName)
  }
}

async function roleOf(attempt: Attempt, { store }: EngineContext): Promise<JwtRole> {
  const role = await storedRole(store, attempt.role)
  const isFor = role?.callbackMode === (attempt.deviceCode === undefined ? 'direct' : 'device')
  if (role?.type !== 'oidc' || !isFor) throw new TokenRefused('the role is no more, or not to be polled for')
  return role
}

function directOutcome({ outcome }: Attempt): Identity | NotYet {
  return outcome ?? { notYet: 'authorization_pending' }
}

/** States that the provider is being asked about. */
const asking = new Set<string>()

/** A provider that is asked for the tokens of one code twice takes back what it gave. */
async function oneByOne(state: string, ask: () => Promise<Identity | NotYet>): Promise<Identity | NotYet> {
  if (asking.has(state)) return { notYet: 'slow_down' }
  asking.add(state)
  try {
    return await ask()
  } finally {
    asking.delete(state)
  }
}

async function deviceOutcome(attempt: Attempt, role: JwtRole, context: EngineContext): Promise<Identity | NotYet> {
  const provider = await providerOf(context)
  const openid = await provider.openid()
  const given = await exchangeDeviceCode(openid, attempt.deviceCode ?? '')
  if ('notYet' in given) return given
  return identityFrom({ provider, openid, role, roleName: attempt.role, nonce: '' }, given, context)
}
