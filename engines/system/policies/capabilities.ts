import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { PolicyHolder } from '../services/policies.ts'
import type { Context } from './acl-fields.ts'
import { askedPath } from './asked-path.ts'
import { ownPolicies, policiesOfAccessor, policiesOfToken } from './subject.ts'

/** `sys/capabilities`: what a token may do at given paths. */

const PATHS_MAX = 10_000

const pathFields = {
  paths: field.list({ default: [], description: 'Paths to ask about.' }),
  path: field.list({ default: [], deprecated: true, description: "Use 'paths' instead." }),
}
type PathsRequest = EngineRequest<typeof pathFields>

/** Capabilities by path; those of a single path also as `capabilities`. */
const returns = Type.Record(Type.String(), Type.Array(Type.String()))

const tokenFields = {
  ...pathFields,
  token: field.text({ default: '', description: 'Token whose capabilities are asked.' }),
}
type TokenRequest = EngineRequest<typeof tokenFields>

export const capabilities = route('capabilities', {
  summary: 'What a token may do at given paths',
  fields: tokenFields,
  returns,
  operations: { update: { handler: ofToken, pure: true } },
})

const selfFields = {
  ...pathFields,
  token: field.text({ default: '', deprecated: true, description: 'Not looked at: it is always the calling token.' }),
}

export const capabilitiesSelf = route('capabilities-self', {
  summary: 'What the calling token may do at given paths',
  fields: selfFields,
  returns,
  operations: { update: { handler: ofSelf, pure: true } },
})

const accessorFields = {
  ...pathFields,
  accessor: field.text({ default: '', description: 'Accessor of the token whose capabilities are asked.' }),
}
type AccessorRequest = EngineRequest<typeof accessorFields>

export const capabilitiesAccessor = route('capabilities-accessor', {
  summary: 'What the token of an accessor may do at given paths',
  fields: accessorFields,
  auditClear: ['accessor'],
  returns,
  operations: { update: { handler: ofAccessor, pure: true } },
})

async function ofToken(request: TokenRequest, context: Context): Promise<Reply> {
  const { token } = request.fields
  if (token === '') throw invalid('no token found')
  return answer(request, await policiesOfToken(token, context.services), context)
}

async function ofSelf(request: PathsRequest, context: Context): Promise<Reply> {
  return answer(request, ownPolicies(request.caller), context)
}

async function ofAccessor(request: AccessorRequest, context: Context): Promise<Reply> {
  const { accessor } = request.fields
  if (accessor === '') throw invalid('missing accessor')
  return answer(request, await policiesOfAccessor(accessor, context.services), context)
}

async function answer({ fields }: PathsRequest, policies: PolicyHolder, { services }: Context): Promise<Reply> {
  const paths = fields.paths.length > 0 ? fields.paths : fields.path
  const [first] = paths
  if (first === undefined) throw invalid('paths must be supplied')
  if (paths.length > PATHS_MAX) throw invalid(`more than ${PATHS_MAX} paths`)
  const asked = paths.map(askedPath)
  const kept = await services.access.keptPaths(asked)
  const found = await services.policies.capabilities(
    policies,
    asked.map((path, i) => ({ path, keptPath: kept[i] })),
  )
  const entries: [string, readonly string[]][] = paths.map((path, i) => [path, found[i] ?? ['deny']])
  // A single path's answer also stands where the first clients look for it.
  if (paths.length === 1) entries.push(['capabilities', found[0] ?? ['deny']])
  return { data: Object.fromEntries(entries), topLevel: true }
}
