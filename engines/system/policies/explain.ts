import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { ExplainedRule } from '../services/explained-rule.ts'
import type { Explanation, PolicyHolder } from '../services/policies.ts'
import type { Context } from './acl-fields.ts'
import { askedPath } from './asked-path.ts'
import { ownPolicies, policiesOfAccessor, policiesOfToken } from './subject.ts'

/** Policies that explain themselves: which rule of which policy decides a request, without making it. */

const requestFields = {
  path: field.text({ required: true, description: "Path of the request, without '/v1/'." }),
  operation: field.oneOf(['create', 'read', 'update', 'patch', 'delete', 'list', 'scan'])({
    default: 'read',
    description: 'What would be done there.',
  }),
  parameters: field.map({ default: {}, description: 'Parameters of the request.' }),
  wrap_ttl: field.duration({ description: 'Lifetime of the wrapping that would be asked for.' }),
}
type SelfRequest = EngineRequest<typeof requestFields>

const fields = {
  ...requestFields,
  token: field.text({ default: '', description: 'Token that would make the request.' }),
  accessor: field.text({ default: '', description: 'Accessor of that token.' }),
  policies: field.list({ default: [], description: 'Names of policies to ask as if a token had them.' }),
}
type ExplainRequest = EngineRequest<typeof fields>

const Rule = Type.Object({
  policy: Type.String(),
  line: Type.Integer(),
  source: Type.String({ description: 'The path as written in the policy.' }),
  path: Type.String({ description: 'The path with its templates filled in.' }),
  capabilities: Type.Array(Type.String()),
  expiration: Type.Optional(Type.String({ format: 'date-time' })),
})
const Change = Type.Object({
  message: Type.String(),
  edits: Type.Array(
    Type.Object({
      action: Type.Enum(['add', 'change', 'remove']),
      policy: Type.String(),
      line: Type.Optional(Type.Integer({ description: 'Of the block there is.' })),
      path: Type.String(),
      capabilities: Type.Array(Type.String()),
    }),
  ),
})
const returns = Type.Object({
  allowed: Type.Boolean(),
  reason: Type.String(),
  message: Type.String(),
  sudo: Type.Boolean(),
  needs_sudo: Type.Boolean({ description: 'The path is root-protected: it wants sudo besides.' }),
  capabilities: Type.Array(Type.String()),
  decided_by: Type.Union([Type.String(), Type.Null()]),
  rules: Type.Array(Rule),
  overruled: Type.Array(Rule),
  change: Type.Union([Change, Type.Null()], { description: 'The least that would turn it.' }),
  missing_policies: Type.Array(Type.String()),
})
const AUDIT_CLEAR = ['operation', 'accessor', 'policies', 'allowed', 'reason']

export const explain = route('policies/explain', {
  summary: 'Why a token may, or may not, make a request',
  description: 'Ask about a token, the accessor of one, or a list of policies. Nothing else happens.',
  fields,
  auditClear: AUDIT_CLEAR,
  returns,
  operations: { update: { handler: explainOther, pure: true } },
})

export const explainSelf = route('policies/explain-self', {
  summary: 'Why the calling token may, or may not, make a request',
  fields: requestFields,
  auditClear: AUDIT_CLEAR,
  returns,
  operations: { update: { handler: explainOwn, pure: true } },
})

async function explainOther(request: ExplainRequest, context: Context): Promise<Reply> {
  return answer(request, await subjectOf(request, context), context)
}

async function explainOwn(request: SelfRequest, context: Context): Promise<Reply> {
  return answer(request, ownPolicies(request.caller), context)
}

async function subjectOf({ fields: asked, caller }: ExplainRequest, { services }: Context): Promise<PolicyHolder> {
  const { token, accessor, policies } = asked
  if ([token !== '', accessor !== '', policies.length > 0].filter(Boolean).length > 1)
    throw invalid('ask about one of token, accessor and policies')
  if (token !== '') return policiesOfToken(token, services)
  if (accessor !== '') return policiesOfAccessor(accessor, services)
  return policies.length > 0 ? { policies } : ownPolicies(caller)
}

async function answer({ fields: asked }: SelfRequest, policies: PolicyHolder, { services }: Context) {
  const { operation, parameters } = asked
  const path = pathOf(askedPath(asked.path), operation)
  const [keptPath] = await services.access.keptPaths([path])
  const explanation = await services.policies.explain(policies, {
    operation,
    path,
    keptPath,
    parameters,
    wrapTtlSeconds: asked.wrap_ttl,
    access: await services.access.accessTo(path, operation),
  })
  return { data: dataOf(explanation) }
}

/** What is listed is a folder, whether the caller says so or not. */
function pathOf(path: string, operation: string): string {
  const lists = operation === 'list' || operation === 'scan'
  return lists && !path.endsWith('/') ? `${path}/` : path
}

function dataOf(explanation: Explanation): Readonly<Record<string, unknown>> {
  return {
    allowed: explanation.allowed,
    reason: explanation.reason,
    message: explanation.message,
    sudo: explanation.sudo,
    needs_sudo: explanation.needsSudo,
    capabilities: explanation.capabilities,
    decided_by: explanation.decidedBy ?? null,
    rules: explanation.rules.map(ruleData),
    overruled: explanation.overruled.map(ruleData),
    change: explanation.change ?? null,
    missing_policies: explanation.missingPolicies,
  }
}

function ruleData({ expiresAtMs, ...rule }: ExplainedRule): Readonly<Record<string, unknown>> {
  return expiresAtMs === undefined ? rule : { ...rule, expiration: new Date(expiresAtMs).toISOString() }
}
