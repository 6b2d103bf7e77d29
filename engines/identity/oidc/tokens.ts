import Type from 'typebox'
import type { Store } from '../../../storage/store.ts'
import { type EngineRequest, type RawReply, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { Entity } from '../documents.ts'
import { entityOf } from '../entities.ts'
import { groupsUpwards } from '../groups.ts'
import type { Context } from '../shown.ts'
import { ALGORITHMS, configCodec, oidcRows, type PublicJwk, roleCodec } from './documents.ts'
import { checkedIssuer, serverIssuer } from './issuer.ts'
import { allKeys, namedKey, publicKeysOf } from './keys.ts'
import { isAllowed } from './provider/stored.ts'
import { signed, verified } from './signing.ts'
import { claimsOf } from './template.ts'

/** Identity tokens: JSON Web Tokens that say who somebody is, to those who trust this server. */

const TOKEN_MAX_CHARS = 64 * 1024
const nameFields = { name: field.name({ required: true, description: 'Name of the role.' }) }

export const oidcToken = route('oidc/token/:name', {
  summary: 'An identity token for the calling entity',
  fields: nameFields,
  auditClear: ['client_id', 'ttl'],
  returns: Type.Object({ token: Type.String(), client_id: Type.String(), ttl: Type.Integer() }),
  operations: { read: make },
})

async function make({ fields, caller }: EngineRequest<typeof nameFields>, context: Context): Promise<Reply> {
  const { store, clock, namespace } = context
  const entity = await ownEntity(caller, store)
  const role = await store.get(oidcRows.role(fields.name), roleCodec)
  if (role === undefined) throw invalid(`role "${fields.name}" not found`)
  const key = await namedKey(role.key, store, context)
  if (key === undefined) throw invalid(`key "${role.key}" not found`)
  if (!isAllowed(key.allowedClientIds, role.clientId)) {
    throw invalid(
      `the key "${role.key}" does not list the client ID of the role "${fields.name}" as an allowed client ID`,
    )
  }
  const groups = await groupsUpwards(store, entity.groupIds)
  const nowMs = clock.now()
  const iat = Math.floor(nowMs / 1000)
  const claims = {
    ...claimsOf(role.template, { entity, groups, nowMs }),
    aud: role.clientId,
    exp: iat + role.ttlSeconds,
    iat,
    iss: await issuerOf(context),
    namespace: namespace.id,
    sub: entity.id,
  }
  const token = signed(claims, key.algorithm, key.signing)
  return { data: { token, client_id: role.clientId, ttl: role.ttlSeconds } }
}

/** Entities are of one namespace: a token from above has none here. */
async function ownEntity(caller: EngineRequest['caller'], store: Store): Promise<Entity> {
  const id = caller === undefined || caller.from !== undefined ? '' : caller.entityId
  const entity = await entityOf(store, id)
  if (entity === undefined) throw invalid("no entity associated with the request's token")
  return entity
}

const introspectFields = {
  token: field.text({ required: true, description: 'The identity token.' }),
  client_id: field.text({ default: '', description: 'The audience that it must have, where one is given.' }),
}

export const introspect = route('oidc/introspect', {
  summary: 'Whether an identity token is good',
  fields: introspectFields,
  operations: {
    update: {
      pure: true,
      handler: async ({ fields }: EngineRequest<typeof introspectFields>, context: Context): Promise<Reply> => {
        const fault = await faultOf(fields.token, fields.client_id, context)
        return { raw: jsonOf(fault === undefined ? { active: true } : { active: false, error: fault }) }
      },
    },
  },
})

/** What is wrong with a token, for whoever was given it. */
async function faultOf(token: string, clientId: string, context: Context): Promise<string | undefined> {
  const { store, clock } = context
  const claims = token.length > TOKEN_MAX_CHARS ? undefined : verified(token, await published(context))
  if (claims === undefined) return 'unable to validate the token signature'
  if (claims.iss !== (await issuerOf(context))) return 'the token is of another issuer'
  if (clientId !== '' && claims.aud !== clientId) return 'the token has another audience'
  if (typeof claims.exp !== 'number' || clock.now() >= claims.exp * 1000) return 'the token is expired'
  const entity = await entityOf(store, String(claims.sub))
  if (entity === undefined) return 'entity was not found'
  return entity.disabled ? 'entity is disabled' : undefined
}

const configFields = {
  issuer: field.text({ description: "Scheme, host and port that tokens name as their issuer; '': the server's own." }),
}

export const oidcConfig = route('oidc/config', {
  summary: 'Who identity tokens say that they are from',
  fields: configFields,
  auditClear: ['issuer'],
  returns: Type.Object({ issuer: Type.String() }),
  closingSlash: true,
  operations: {
    read: async (_request, { store }) => ({
      data: { issuer: (await store.get(oidcRows.config, configCodec))?.issuer ?? '' },
    }),
    update: configure,
  },
})

async function configure(
  { fields }: EngineRequest<typeof configFields>,
  { store }: Context,
): Promise<Reply | undefined> {
  const { issuer } = fields
  if (issuer === undefined) return undefined
  checkedIssuer(issuer)
  await store.transaction(async (tx) => tx.put(oidcRows.config, { issuer }, configCodec))
  return issuer === ''
    ? undefined
    : { warnings: ['From now on tokens are of this issuer: whoever verifies them must be able to reach it.'] }
}

async function issuerOf(context: Context): Promise<string> {
  return serverIssuer((await context.store.get(oidcRows.config, configCodec))?.issuer ?? '', context)
}

export const discovery = route('oidc/.well-known/openid-configuration', {
  summary: 'What whoever verifies identity tokens has to know',
  fields: {},
  access: 'none',
  closingSlash: true,
  operations: {
    read: async (_request, context: Context): Promise<Reply> => {
      const issuer = await issuerOf(context)
      return {
        raw: jsonOf({
          issuer,
          jwks_uri: `${issuer}/.well-known/keys`,
          id_token_signing_alg_values_supported: ALGORITHMS,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
        }),
      }
    },
  },
})

export const publishedKeys = route('oidc/.well-known/keys', {
  summary: 'The public keys that identity tokens are verified with',
  fields: {},
  access: 'none',
  closingSlash: true,
  operations: {
    read: async (_request, context: Context): Promise<Reply> => {
      return keySet(await published(context))
    },
  },
})

async function published({ store, clock }: Context): Promise<readonly PublicJwk[]> {
  const nowMs = clock.now()
  return (await allKeys(store)).flatMap((key) => publicKeysOf(key, nowMs))
}

/** How long published keys may be kept by whoever asks for them. A next key is published much longer before it signs. */
const KEYS_KEPT_SECONDS = 60

/** RFC 7517. */
export function keySet(keys: readonly PublicJwk[]): Reply {
  return { raw: { ...jsonOf({ keys }), headers: { 'cache-control': `max-age=${KEYS_KEPT_SECONDS}` } } }
}

export function jsonOf(value: object): RawReply {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(value) }
}
