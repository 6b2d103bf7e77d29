import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { type AccessGrant, type AccessHolder, HOLDER_KINDS } from '../services/access.ts'
import type { PolicyServices } from '../services/policies.ts'

/** The view back from a path: who may do what there, and through what. */

type Context = EngineContext<PolicyServices>

const LIMIT_MAX = 1_000
const fields = {
  path: field.text({ required: true, description: "Path, without '/v1/'." }),
  capability: field.oneOf(['create', 'read', 'update', 'patch', 'delete', 'list', 'scan', 'sudo'])({
    description: 'Only who has this one; absent: who has any.',
  }),
  after: field.text({ default: '', description: "What the page before said as 'next'." }),
  limit: field.int({ default: 100, description: `At most so many holders, 1 to ${LIMIT_MAX}.` }),
}
type WhoRequest = EngineRequest<typeof fields>

const texts = Type.Array(Type.String())
const Grant = Type.Object({
  policy: Type.String(),
  line: Type.Integer(),
  source: Type.String({ description: 'The path as written in the policy.' }),
  path: Type.String(),
  capabilities: texts,
  conditional: Type.Boolean({ description: 'The block has conditions beside capabilities.' }),
  chain: Type.Array(Type.String(), {
    description: 'How the holder comes by the policy, as group:NAME and role:NAME; empty: it has it itself.',
  }),
  expiration: Type.Optional(Type.String({ format: 'date-time' })),
})

/** What this view can't show, whatever the path. */
const NOT_SEEN = [
  'Tokens: one that was made with policies of its own has what the holder of kind policy shows, and root tokens everything. How many there are is not counted.',
  'What the policies of a token and those of its entity make together: each is looked at by itself, and a denial in one may take away what another gives.',
  'Blocks with templates, but for entities. Roles of auth methods whose programs choose policies at each login, and groups that a login is yet to bring.',
  'Holders in namespaces above, whose policies may reach into this one.',
]

export const who = route('policies/who', {
  summary: 'Who may do what at a path, and through what',
  description:
    'Looks at policies, roles, groups, roles of auth methods and entities, so many at a time: a page can be empty and yet have a next one. Nothing else happens.',
  fields,
  auditClear: ['capability', 'limit'],
  returns: Type.Object({
    holders: Type.Array(
      Type.Object({
        kind: Type.Enum([...HOLDER_KINDS]),
        id: Type.String({ description: 'Of entities and groups.' }),
        name: Type.String(),
        capabilities: texts,
        through: Type.Array(Grant),
      }),
    ),
    next: Type.String({ description: "Empty: this was the last page. Else what the next one takes as 'after'." }),
    not_seen: texts,
  }),
  operations: { update: { handler: answer, pure: true } },
})

async function answer({ fields: asked }: WhoRequest, { services }: Context): Promise<Reply> {
  const { path, capability, after, limit } = asked
  if (limit < 1 || limit > LIMIT_MAX) throw invalid(`limit must be 1 to ${LIMIT_MAX}`)
  const { holders, next } = await services.access.who({ path, capability, after, limit })
  return { data: { holders: holders.map(holderData), next, not_seen: NOT_SEEN } }
}

function holderData({ through, ...holder }: AccessHolder): Readonly<Record<string, unknown>> {
  return { ...holder, through: through.map(grantData) }
}

function grantData({ expiresAtMs, ...grant }: AccessGrant): Readonly<Record<string, unknown>> {
  return expiresAtMs === undefined ? grant : { ...grant, expiration: new Date(expiresAtMs).toISOString() }
}
