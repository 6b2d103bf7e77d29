import { type EngineContext, type EngineRequest, type Reply, route } from '../../../../engines/engine.ts'
import { EgideError } from '../../../../engines/errors.ts'
import { field } from '../../../../engines/field.ts'
import { TOKEN_MAX_CHARS, TokenRefused } from '../../jwks/verify-token.ts'
import type { Identity } from '../claims.ts'
import { isImplicit } from '../config.ts'
import { grantOf } from '../grant.ts'
import { providerOf } from '../provider.ts'
import { loginError, refused } from '../refusal.ts'
import { type JwtRole, storedRole } from '../role.ts'
import { type Attempt, find, isClient, updateAttempt } from './attempt.ts'
import { exchangeCode, type Given, identityFrom } from './exchange.ts'
import { confirmationPage, continuedPage, donePage, failedPage } from './pages.ts'

const fields = {
  state: field.text({ default: '', query: true, description: 'What the provider was sent, given back' }),
  code: field.text({ default: '', query: true, description: 'What the provider gives tokens for' }),
  iss: field.text({ default: '', query: true, description: 'The provider, as RFC 9207 has it' }),
  id_token: field.text({ default: '', description: 'Of a provider that posts it' }),
  client_nonce: field.text({ default: '', query: true, description: 'What the client gave when it began' }),
  nonce: field.text({ default: '', query: true, description: 'The nonce of the ID token, for clients that send it' }),
  confirmation: field.text({ default: '', query: true, description: 'They said that the login is theirs' }),
  error: field.text({ default: '', query: true, description: 'Why the provider let nobody in' }),
  error_description: field.text({ default: '', query: true, description: 'The same in words; it is not read' }),
  error_uri: field.text({ default: '', query: true, description: 'The same as a page; it is not read' }),
}
type CallbackRequest = EngineRequest<typeof fields>

export const callback = route('oidc/callback', {
  summary: 'End a login at the provider',
  fields,
  access: 'none',
  operations: {
    read: { handler: read, summary: 'End a login at the provider, with what it sent people back with' },
    update: { handler: update, summary: 'Take what a provider posts' },
  },
})

async function read(request: CallbackRequest, context: EngineContext): Promise<Reply> {
  const attempt = await find(context.store, request.fields.state, context)
  return finishLogin(request, context, attempt)
}

/** The first that is posted counts. It says nothing yet: what it is worth shows when it is exchanged. */
async function update(request: CallbackRequest, context: EngineContext): Promise<Reply> {
  const { config } = await providerOf(context)
  if (config.responseMode !== 'form_post') throw new EgideError('unsupported_operation', 'unsupported operation')
  const { state, code, id_token: idToken } = request.fields
  if (Math.max(code.length, idToken.length) > TOKEN_MAX_CHARS)
    throw refused(context, '', 'what the provider is to have posted is too long')
  const posted = (before: Attempt | undefined): Attempt => {
    if (before === undefined || before.claimed || before.received) throw unknownState(context)
    return { ...before, received: { code, idToken } }
  }
  const before = await updateAttempt(context, state, posted)
  const role = before && (await storedRole(context.store, before.role))
  return role?.callbackMode === 'direct' ? finishLogin(request, context, posted(before)) : continuedPage()
}

function unknownState(context: EngineContext): EgideError {
  return refused(context, '', 'the state is unknown, over, or used')
}

async function finishLogin(
  request: CallbackRequest,
  context: EngineContext,
  found: Attempt | undefined,
): Promise<Reply> {
  if (found === undefined || found.claimed || found.deviceCode !== undefined) throw unknownState(context)
  const role = await storedRole(context.store, found.role)
  const isDirect = role?.callbackMode === 'direct'
  const { state, code, iss, error, confirmation } = request.fields
  if (isDirect && !role.confirmationDisabled && confirmation === '') {
    return confirmationPage(found.role, found.requester, { state, code: found.received ? '' : code, iss, error })
  }
  const attempt = await claim(context, state, isDirect)
  try {
    const identity = await identify(request, context, attempt, role)
    if (!isDirect) return { auth: grantOf(role as JwtRole, attempt.role, identity, request.connection) }
    await updateAttempt(context, state, (before) => before && { ...before, outcome: identity })
    return donePage()
  } catch (failure) {
    const told = loginError(failure, context, attempt.role)
    if (!isDirect) throw told
    await updateAttempt(context, state, () => undefined)
    if (told instanceof EgideError) return failedPage()
    throw told
  }
}

/** From here on nobody else can come back with this state, whatever becomes of it. */
async function claim(context: EngineContext, state: string, isDirect: boolean): Promise<Attempt> {
  const before = await updateAttempt(context, state, (now) => {
    if (now === undefined || now.claimed) throw unknownState(context)
    return isDirect ? { ...now, claimed: true } : undefined
  })
  if (before === undefined) throw unknownState(context)
  return before
}

async function identify(
  { fields: sent }: CallbackRequest,
  context: EngineContext,
  attempt: Attempt,
  role: JwtRole | undefined,
): Promise<Identity> {
  if (role?.type !== 'oidc') throw new TokenRefused('the role is no more')
  if (sent.error !== '') throw new TokenRefused(`the provider let nobody in: ${wordOf(sent.error)}`)
  if (role.callbackMode !== 'direct' && !isClient(attempt, sent.client_nonce)) {
    throw new TokenRefused('it is not the client that began')
  }
  if (sent.nonce !== '' && sent.nonce !== attempt.nonce) throw new TokenRefused('it has another nonce')
  const provider = await providerOf(context)
  const openid = await provider.openid()
  if (sent.iss !== '' && sent.iss !== openid.serverMetadata().issuer) throw new TokenRefused('another provider sent it')
  const code = sent.code === '' || sent.code === NO_CODE ? (attempt.received?.code ?? '') : sent.code
  let given: Given
  if (isImplicit(provider.config)) given = { idToken: attempt.received?.idToken ?? '', accessToken: '' }
  else if (code === '') throw new TokenRefused('there is no code')
  else given = await exchangeCode(openid, code, attempt)
  const login = { provider, openid, role, roleName: attempt.role, nonce: attempt.nonce }
  return identityFrom(login, given, context)
}

/** Sent by clients that had the code posted. */
const NO_CODE = 'no_code'

/** RFC 6749, section 4.1.2.1. Anything else that a stranger may have written does not go into the log. */
const WORDS = new Set([
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
])

function wordOf(error: string): string {
  const word = error.trim().toLowerCase()
  return WORDS.has(word) ? word : 'an error without a name'
}
