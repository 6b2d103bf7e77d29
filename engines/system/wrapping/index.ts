import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { WrappingServices, WrappingToken } from '../services/wrapping.ts'

/** `sys/wrapping`: https://developer.hashicorp.com/vault/api-docs/system/wrapping-wrap */

type Context = EngineContext<WrappingServices>

const INVALID = 'wrapping token is not valid or does not exist'

const fields = { token: field.text({ default: '', description: 'The wrapping token; absent: the calling one.' }) }
type TokenRequest = EngineRequest<typeof fields>

const wrap = route('wrapping/wrap', {
  summary: 'Wrap what is sent',
  description: 'X-Vault-Wrap-TTL says how long it waits for whoever gets the token.',
  fields: {},
  freeForm: true,
  operations: { update: wrapData },
})

/** The pipeline wraps the answer, as it does for any request that asks for it. */
async function wrapData({ data, wrapTtlSeconds }: EngineRequest): Promise<Reply> {
  if (wrapTtlSeconds === undefined) throw invalid('endpoint requires response wrapping to be used')
  return { data }
}

const lookup = route('wrapping/lookup', {
  summary: 'When and by what request a wrapping token was made',
  fields,
  access: 'none',
  auditClear: ['creation_ttl', 'creation_time', 'creation_path'],
  returns: Type.Object({
    creation_path: Type.String(),
    creation_time: Type.String({ format: 'date-time' }),
    creation_ttl: Type.Integer({ description: 'Seconds.' }),
  }),
  operations: {
    read: ({ token }: TokenRequest, context: Context) => lookUp(token, context),
    update: {
      pure: true,
      handler: ({ fields, token }: TokenRequest, context: Context) => lookUp(fields.token || token, context),
    },
  },
})

async function lookUp(token: string | undefined, { services }: Context): Promise<Reply> {
  if (token === undefined || token === '') throw invalid(INVALID)
  const { creationPath, creationTimeMs, creationTtlSeconds } = await services.wrapping.lookup(token)
  const data = {
    creation_path: creationPath,
    creation_time: new Date(creationTimeMs).toISOString(),
    creation_ttl: creationTtlSeconds,
  }
  return { data }
}

const unwrap = route('wrapping/unwrap', {
  summary: 'The answer that was wrapped, once',
  fields,
  badToken: INVALID,
  operations: { update: unwrapAnswer },
})

async function unwrapAnswer(request: TokenRequest, { services }: Context): Promise<Reply> {
  const { data, auth, lease, warnings } = await services.wrapping.unwrap(wrappingToken(request))
  return { data, ...(auth === null ? {} : { auth }), issuedLease: lease, warnings }
}

const rewrap = route('wrapping/rewrap', {
  summary: 'A new wrapping token for what waits under an old one',
  fields,
  badToken: INVALID,
  operations: {
    update: async (request: TokenRequest, { services }: Context): Promise<Reply> => ({
      wrapInfo: await services.wrapping.rewrap(wrappingToken(request), request.wrapTtlSeconds),
    }),
  },
})

/** A wrapping token in the body is another's; the calling one has had its use taken. */
function wrappingToken({ fields, token }: TokenRequest): WrappingToken {
  const other = fields.token !== '' && fields.token !== token
  const chosen = other ? fields.token : token
  if (chosen === undefined || chosen === '') throw invalid(INVALID)
  return { token: chosen, isCaller: !other }
}

/** The rows of `sys/` about wrapped answers. */
export const wrappingRoutes: readonly Route<WrappingServices>[] = [wrap, lookup, unwrap, rewrap]
