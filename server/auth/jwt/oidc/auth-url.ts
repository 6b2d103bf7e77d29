import {
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  initiateDeviceAuthorization,
} from 'openid-client'
import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../../engines/engine.ts'
import { invalid } from '../../../../engines/errors.ts'
import { field } from '../../../../engines/field.ts'
import { isAllowedRedirect } from '../../../../engines/redirect-uri.ts'
import { isImplicit, isOidc } from '../config.ts'
import { roleNameOf } from '../login.ts'
import { type Provider, providerOf, providerUnreachable } from '../provider.ts'
import { refused } from '../refusal.ts'
import { type JwtRole, storedRole } from '../role.ts'
import { begin, clientNonceHash } from './attempt.ts'
import { reasonOf } from './exchange.ts'
import { withoutNamespace } from './redirect-uri.ts'

const fields = {
  role: field.text({ default: '', description: "The role to log in to; none: the mount's default role" }),
  redirect_uri: field.text({
    default: '',
    description: 'Where the provider sends people back to; not in the device flow',
  }),
  client_nonce: field.text({
    default: '',
    description: 'A secret of the client, which it shows again to get the token; needed in direct and device mode',
  }),
}
type UrlRequest = EngineRequest<typeof fields>

export const authUrl = route('oidc/auth_url', {
  summary: 'Begin a login at the provider',
  fields,
  access: 'none',
  auditClear: ['role', 'redirect_uri', 'poll_interval'],
  returns: Type.Object({
    auth_url: Type.String({
      description: 'Page to open in a browser; empty where the role or the redirect URI is not allowed',
    }),
    state: Type.Optional(Type.String({ description: 'What to poll with, in direct and device mode' })),
    poll_interval: Type.Optional(Type.String({ description: 'Seconds between polls' })),
    user_code: Type.Optional(Type.String({ description: 'To be entered at the page, in the device flow' })),
  }),
  operations: { update },
})

/** It is kept with each attempt, and whoever begins one needs no token. */
const REDIRECT_URI_MAX_CHARS = 2_000

/** Whoever asks learns nothing of which roles there are. */
const NOTHING: Reply = { data: { auth_url: '' } }
const POLL_SECONDS = 5

async function update(request: UrlRequest, context: EngineContext): Promise<Reply> {
  const provider = await providerOf(context)
  if (!isOidc(provider.config)) throw invalid('OIDC login is not configured for this mount')
  const roleName = roleNameOf(request.fields.role, provider)
  const role = await storedRole(context.store, roleName)
  if (role?.type !== 'oidc') return NOTHING
  if (role.callbackMode !== 'client' && request.fields.client_nonce === '') throw invalid('missing client_nonce')
  const openid = await provider.openid().catch((error: unknown) => {
    throw providerUnreachable(error)
  })
  const start = { request, context, provider, openid, role, roleName }
  return role.callbackMode === 'device' ? deviceReply(start) : pageReply(start)
}

interface Start {
  readonly request: UrlRequest
  readonly context: EngineContext
  readonly provider: Provider
  readonly openid: Configuration
  readonly role: JwtRole
  readonly roleName: string
}

async function deviceReply({ request, context, openid, role, roleName }: Start): Promise<Reply> {
  const device = await initiateDeviceAuthorization(openid, { scope: scopesOf(role) }).catch((error: unknown) => {
    throw refused(context, roleName, `the provider refuses the device flow: ${reasonOf(error)}`)
  })
  const state = await begin(context, {
    role: roleName,
    redirectUri: '',
    nonce: '',
    verifier: '',
    clientNonceHash: clientNonceHash(request.fields.client_nonce),
    requester: request.connection.remoteAddress,
    deviceCode: device.device_code,
  })
  const complete = device.verification_uri_complete
  return {
    data: {
      auth_url: complete ?? device.verification_uri,
      ...(complete === undefined && { user_code: device.user_code }),
      state,
      poll_interval: String(role.pollInterval || device.interval || POLL_SECONDS),
    },
  }
}

async function pageReply({ request, context, provider, openid, role, roleName }: Start): Promise<Reply> {
  const sent = request.fields.redirect_uri
  if (sent === '') throw invalid('missing redirect_uri')
  if (sent.length > REDIRECT_URI_MAX_CHARS)
    throw invalid(`redirect_uri is longer than ${REDIRECT_URI_MAX_CHARS} characters`)
  const { uri, namespace } = provider.config.namespaceInState ? withoutNamespace(sent) : { uri: sent, namespace: '' }
  if (!isAllowedRedirect(uri, role.allowedRedirectUris)) {
    context.log.info(
      { mount: context.mount.path, role: roleName },
      'a login asked for a redirect URI that its role does not allow',
    )
    return NOTHING
  }
  const nonce = context.random.bytes(32).toString('base64url')
  const verifier = context.random.bytes(32).toString('base64url')
  const state = await begin(context, {
    role: roleName,
    redirectUri: uri,
    nonce,
    verifier,
    clientNonceHash: clientNonceHash(request.fields.client_nonce),
    requester: request.connection.remoteAddress,
  })
  const implicit = isImplicit(provider.config)
  const url = pageOf(openid, {
    response_type: implicit ? 'id_token' : 'code',
    redirect_uri: uri,
    scope: scopesOf(role),
    state: namespace === '' ? state : `${state},ns=${namespace}`,
    nonce,
    ...(provider.config.responseMode !== '' && { response_mode: provider.config.responseMode }),
    ...(!implicit && { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
    ...(role.maxAgeSeconds > 0 && { max_age: String(role.maxAgeSeconds) }),
  })
  const polls = role.callbackMode === 'direct' && { state, poll_interval: String(role.pollInterval || POLL_SECONDS) }
  return { data: { auth_url: url.href, ...polls } }
}

/** Discovery may name no page, or one without TLS for a provider that has it: that of a server that gives out tokens only. */
function pageOf(openid: Configuration, parameters: Record<string, string>): URL {
  try {
    return buildAuthorizationUrl(openid, parameters)
  } catch (error) {
    throw invalid(`there is no page to log in at: ${reasonOf(error)}`)
  }
}

function scopesOf({ scopes }: JwtRole): string {
  return [...new Set(['openid', ...scopes])].join(' ')
}
