import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { denied, invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { matchesAnyGlob } from '../../../engines/glob.ts'
import { lesser, lifetime } from '../lifetime.ts'
import { requestedPolicies } from './policies.ts'
import { roleNamed, type TokenRole } from './role.ts'
import type { FoundToken, TokenMethodServices, TokenSpec } from './service.ts'

/** `auth/token/create`: https://developer.hashicorp.com/vault/api-docs/auth/token#create-token */

const fields = {
  id: field.text({ description: 'The token itself; needs sudo' }),
  display_name: field.text({ default: '', description: "Name in logs, behind 'token-'" }),
  policies: field.list({ default: [], description: "Policies; absent: the parent's" }),
  no_default_policy: field.bool({ default: false, description: 'Leave the default policy out' }),
  no_parent: field.bool({ default: false, description: 'Make an orphan; needs sudo' }),
  meta: field.stringMap({ description: 'Shown in logs and look-ups' }),
  num_uses: field.int({ default: 0, description: 'How many requests it is good for; 0: no limit' }),
  ttl: field.duration({ description: 'Lifetime, until renewed' }),
  lease: field.duration({ deprecated: true, description: 'Older name of ttl' }),
  explicit_max_ttl: field.duration({ default: 0, description: 'It never lives longer, whatever renewals say' }),
  period: field.duration({ default: 0, description: 'Each renewal gives this long, without a maximum; needs sudo' }),
  renewable: field.bool({ default: true, description: 'It can be renewed' }),
  type: field.text({ default: '', description: 'service or batch' }),
  entity_alias: field.text({ default: '', description: 'Entity alias, where the role allows it' }),
}
const roleFields = { ...fields, role_name: field.name({ required: true, description: 'Name of the role' }) }

type CreateRequest = EngineRequest<typeof fields>
type Context = EngineContext<TokenMethodServices>

const auditClear = [
  'display_name',
  'policies',
  'ttl',
  'explicit_max_ttl',
  'period',
  'renewable',
  'type',
  'num_uses',
  'no_parent',
  'no_default_policy',
]

export const create = route('create', {
  summary: 'Make a token under the calling one',
  fields,
  auditClear,
  operations: { update: (request, context: Context) => createToken(request, context, {}) },
})

export const createOrphan = route('create-orphan', {
  summary: 'Make a token without a parent',
  fields,
  auditClear,
  operations: { update: (request, context: Context) => createToken(request, context, { isOrphanRoute: true }) },
})

export const createUnderRole = route('create/:role_name', {
  summary: 'Make a token under a role',
  fields: roleFields,
  auditClear,
  operations: {
    update: async (request, context: Context) => {
      const role = await roleNamed(request.fields.role_name, context)
      if (role === undefined) throw invalid(`unknown role ${request.fields.role_name}`)
      return createToken(request, context, { role })
    },
  },
})

/** What the path says of the token, beside what the body asks for. */
interface Path {
  readonly isOrphanRoute?: boolean
  readonly role?: TokenRole
}

async function createToken(
  request: CreateRequest,
  context: Context,
  { isOrphanRoute = false, role }: Path,
): Promise<Reply> {
  const { tokens } = context.services
  const parent = await parentOf(request, context)
  refuseWithoutSudoBelow(request, parent)
  const type = typeOf(request, role)
  const policies = requestedPolicies(request.fields, inheritable(parent), role, request.sudo)
  refuseRootByOthers(policies, parent, type)
  const orphan = isOrphan(request, isOrphanRoute, role)
  const { warnings, ...terms } = termsOf(request, { role, type, isRoot: policies.includes('root') }, context)
  if (terms.ttlSeconds === 0 && parent.entry.ttlSeconds !== 0) {
    throw invalid('expiring root tokens cannot create non-expiring root tokens')
  }
  const spec: TokenSpec = {
    id: customId(request),
    parent: orphan ? '' : parent.hash,
    policies,
    path: pathOf(context, request.path, role),
    meta: request.fields.meta ?? null,
    displayName: displayName(request.fields.display_name),
    numUses: usesOf(request.fields.num_uses, role, type),
    ...terms,
    type,
    boundCidrs: terms.ttlSeconds === 0 ? [] : cidrsOf(parent, orphan, role),
    entityId: (await entityOfAlias(request, role, context)) || entityBy(parent, orphan),
    role: role?.name ?? '',
    mountUuid: context.mount.uuid,
    internal: role === undefined ? {} : { role: role.name },
  }
  const auth = await tokens.create(spec)
  const missing: string[] = []
  for (const name of policies) {
    if (!(await tokens.policyExists(name))) missing.push(`Policy "${name}" does not exist`)
  }
  return { auth, madeToken: true, warnings: [...warnings, ...missing] }
}

async function parentOf(request: CreateRequest, context: Context): Promise<FoundToken> {
  const parent = request.token === undefined ? undefined : await context.services.tokens.lookup(request.token)
  if (parent === undefined) throw denied()
  if (parent.entry.type === 'batch') throw invalid('batch tokens cannot create more tokens')
  // It would escape its own limit through its children.
  if (parent.entry.numUses !== 0) throw invalid('restricted use token cannot generate child tokens')
  return parent
}

/** The policies of a token from above are names of other policies here, so that nothing can be a subset of them. */
function refuseWithoutSudoBelow(request: CreateRequest, parent: FoundToken): void {
  if (parent.from === undefined || request.sudo) return
  throw invalid('root or sudo privileges required to directly generate a token in a child namespace')
}

function inheritable(parent: FoundToken): readonly string[] | undefined {
  return parent.from === undefined ? parent.entry.policies : undefined
}

/** Whom a token belongs to that its parent makes. Entities are of one namespace. */
function entityBy(parent: FoundToken, orphan: boolean): string {
  return orphan || parent.from !== undefined ? '' : parent.entry.entityId
}

/** '' where none is asked for. */
async function entityOfAlias(
  { fields: { entity_alias: alias } }: CreateRequest,
  role: TokenRole | undefined,
  { services, mount }: Context,
): Promise<string> {
  if (alias === '') return ''
  if (role === undefined) throw invalid("'entity_alias' is only allowed in combination with token role")
  // Names of aliases are not case-sensitive; the role keeps them in lower case.
  if (!matchesAnyGlob(role.allowedEntityAliases, alias.toLowerCase())) throw invalid("invalid 'entity_alias' value")
  return services.tokens.entityOfAlias(mount.accessor, alias)
}

function typeOf(request: CreateRequest, role: TokenRole | undefined): 'service' | 'batch' {
  const asked = request.fields.type
  if (asked !== '' && asked !== 'service' && asked !== 'batch') throw invalid("invalid 'token_type' value")
  const ofRole = role?.tokenType ?? 'default-service'
  const otherwise = ofRole === 'batch' || ofRole === 'default-batch' ? 'batch' : 'service'
  const mayChoose = ofRole === 'default-service' || ofRole === 'default-batch'
  const type = mayChoose && asked !== '' ? asked : otherwise
  if (type === 'batch') refuseServiceTerms(request)
  return type
}

/** What only a row in storage could enforce. */
function refuseServiceTerms({ fields }: CreateRequest): void {
  const set = (['explicit_max_ttl', 'num_uses', 'period'] as const).find((name) => fields[name] !== 0)
  if (set !== undefined) throw invalid(`batch tokens cannot have "${set}" set`)
}

/** Sudo is not root: whoever may make any token must still not make one above itself. */
function refuseRootByOthers(policies: readonly string[], parent: FoundToken, type: 'service' | 'batch'): void {
  if (!policies.includes('root')) return
  if (parent.from !== undefined) throw invalid('root tokens may not be created from a parent namespace')
  if (!parent.entry.policies.includes('root'))
    throw invalid('root tokens may not be created without parent token being root')
  if (type === 'batch') throw invalid('batch tokens cannot be root tokens')
}

function isOrphan(request: CreateRequest, isOrphanRoute: boolean, role: TokenRole | undefined): boolean {
  if (role !== undefined) return role.orphan
  if (!request.fields.no_parent) return isOrphanRoute
  if (!request.sudo) throw invalid('root or sudo privileges required to create orphan token')
  return true
}

/** What the terms of a token depend on, beside what is asked for. */
interface Kind {
  readonly role: TokenRole | undefined
  readonly type: 'service' | 'batch'
  readonly isRoot: boolean
}

interface Terms extends Pick<TokenSpec, 'ttlSeconds' | 'explicitMaxTtlSeconds' | 'periodSeconds' | 'renewable'> {
  readonly warnings: readonly string[]
}

function termsOf(request: CreateRequest, { role, type, isRoot }: Kind, context: Context): Terms {
  const { fields } = request
  const warnings: string[] = []
  for (const name of ['explicit_max_ttl', 'period', 'ttl', 'lease'] as const) {
    if ((fields[name] ?? 0) < 0) throw invalid(`${name} must be positive`)
  }
  if (fields.period > 0 && !request.sudo) throw invalid('root or sudo privileges required to create periodic token')
  const rules = type === 'batch' ? undefined : role
  const explicitMaxTtlSeconds = lesser(fields.explicit_max_ttl, rules?.explicitMaxTtlSeconds ?? 0)
  const periodSeconds = lesser(fields.period, rules?.periodSeconds ?? 0)
  if (fields.explicit_max_ttl > 0 && (rules?.explicitMaxTtlSeconds ?? 0) > 0) {
    warnings.push(
      `Explicit max TTL specified both during creation call and in role; using the lesser value of ${explicitMaxTtlSeconds} seconds`,
    )
  }
  if (fields.period > 0 && (rules?.periodSeconds ?? 0) > 0) {
    warnings.push(
      `Period specified both during creation call and in role; using the lesser value of ${periodSeconds} seconds`,
    )
  }
  // An empty text is no lifetime, where the older name says one: a token would live longer than was asked.
  const asked = (request.data.ttl === '' ? undefined : fields.ttl) ?? fields.lease ?? 0
  const renewable = type === 'service' && fields.renewable && role?.renewable !== false
  if (isRoot && periodSeconds === 0 && asked === 0) {
    // Only a root token may live for ever, and what never ends can't be renewed.
    return {
      ttlSeconds: explicitMaxTtlSeconds,
      explicitMaxTtlSeconds,
      periodSeconds,
      renewable: renewable && explicitMaxTtlSeconds > 0,
      warnings,
    }
  }
  const { ttlSeconds, warnings: capped } = lifetime({
    incrementSeconds: 0,
    ttlSeconds: asked,
    periodSeconds,
    maxTtlSeconds: 0,
    explicitMaxTtlSeconds,
    mountDefaultSeconds: context.mount.defaultLeaseTtlSeconds,
    mountMaxSeconds: context.mount.maxLeaseTtlSeconds,
    ageSeconds: 0,
  })
  return { ttlSeconds, explicitMaxTtlSeconds, periodSeconds, renewable, warnings: [...warnings, ...capped] }
}

/** A token that looks like one the server makes could pass for another kind. */
function customId(request: CreateRequest): string | undefined {
  const { id } = request.fields
  if (id === undefined || id === '') return undefined
  if (!request.sudo) throw invalid('root or sudo privileges required to specify token id')
  if (id.startsWith('s.') || id.startsWith('b.')) throw invalid("custom token ID cannot have the 's.' or 'b.' prefix")
  if (id.includes('.') || /[\s\p{Cc}]/u.test(id) || id.length > 512) {
    throw invalid("custom token ID cannot contain '.', whitespace or control characters, nor more than 512 characters")
  }
  return id
}

function pathOf(context: Context, path: string, role: TokenRole | undefined): string {
  const full = context.mount.path + path
  return role !== undefined && role.pathSuffix !== '' ? `${full}/${role.pathSuffix}` : full
}

function displayName(given: string): string {
  if (given === '') return 'token'
  return `token-${given.slice(0, 512)}`.replace(/[^a-zA-Z0-9-]/g, '-').replace(/-$/, '')
}

function usesOf(asked: number, role: TokenRole | undefined, type: 'service' | 'batch'): number {
  if (asked < 0) throw invalid('number of uses cannot be negative')
  // A batch token has no row that could count: what its role says is for the others.
  return type === 'batch' ? 0 : lesser(asked, role?.numUses ?? 0)
}

/** A role's own bounds hold; otherwise a child is bound as its parent is. */
function cidrsOf(parent: FoundToken, orphan: boolean, role: TokenRole | undefined): readonly string[] {
  if (role !== undefined) return role.boundCidrs
  return orphan ? [] : parent.entry.boundCidrs
}
