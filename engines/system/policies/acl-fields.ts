import Type from 'typebox'
import type { EngineContext, EngineRequest } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { PolicyDraft, PolicyInfo, PolicyServices } from '../services/policies.ts'
import { policyText } from './policy-text.ts'

/** What the rows of ACL policies, present and old, have in common. */

export type Context = EngineContext<PolicyServices>

export const nameField = field.text({
  anyCase: true,
  required: true,
  description: 'Name of the policy. Case does not matter.',
})
/** Of rows that only list: the folder of names. */
export const folderField = field.text({ default: '', description: 'List only names below this one.' })

export const aclFields = {
  name: nameField,
  policy: field.text({ default: '', description: 'The rules, as HCL or JSON, or that in base64.' }),
  expiration: field.time({ description: 'When the policy ends. Not together with ttl.' }),
  ttl: field.duration({ description: 'How long from now on the policy holds. Not together with expiration.' }),
  cas: field.int({
    description: 'Write only if this is the present version; -1: only if there is no such policy.',
  }),
  cas_required: field.bool({ default: false, description: 'Whether later writes must give cas.' }),
  allow_slashes_in_identity_templates: field.bool({
    default: false,
    description: "Whether what a template stands for may hold '/', and so reach other levels.",
  }),
  allow_wildcards_in_identity_templates: field.bool({
    default: false,
    description: "Whether what a template stands for may hold '*' or '+'.",
  }),
}
export type AclRequest = EngineRequest<typeof aclFields>

export const AUDIT_CLEAR = [
  'name',
  'version',
  'expiration',
  'ttl',
  'cas',
  'cas_required',
  'modified',
  'keys',
  'policies',
  'allow_slashes_in_identity_templates',
  'allow_wildcards_in_identity_templates',
]

export const PolicyList = Type.Object({
  keys: Type.Array(Type.String()),
  policies: Type.Optional(Type.Array(Type.String())),
})

const described = {
  name: Type.String(),
  version: Type.Integer(),
  cas_required: Type.Boolean(),
  allow_slashes_in_identity_templates: Type.Boolean(),
  allow_wildcards_in_identity_templates: Type.Boolean(),
  expiration: Type.Optional(Type.String({ format: 'date-time' })),
  modified: Type.Optional(Type.String({ format: 'date-time' })),
}
export const PolicyReply = Type.Object({ ...described, policy: Type.String() })
export const RulesReply = Type.Object({ ...described, rules: Type.String() })

/** Everything about a policy but its text. */
export function describe(info: PolicyInfo): Record<string, unknown> {
  const data: Record<string, unknown> = {
    name: info.name,
    version: info.version,
    cas_required: info.casRequired,
    allow_slashes_in_identity_templates: info.allowSlashesInTemplates,
    allow_wildcards_in_identity_templates: info.allowWildcardsInTemplates,
  }
  if (info.expiresAtMs !== undefined) data.expiration = new Date(info.expiresAtMs).toISOString()
  if (info.modifiedMs !== undefined) data.modified = new Date(info.modifiedMs).toISOString()
  return data
}

/** `root` is in each list of all policies of the root namespace, though it is stored nowhere; below there are no root tokens. */
export async function allNames(folder: string, { services, namespace }: Context): Promise<readonly string[]> {
  const names = await services.policies.names(folder)
  return folder === '' && namespace.path === '' ? [...names, 'root'] : names
}

/** What a write replaces everything with. `text` is the policy as sent. */
export function draftOf(request: AclRequest, text: string, context: Context): PolicyDraft {
  if (text === '') throw invalid("'policy' parameter not supplied or empty")
  return {
    text: policyText(text),
    casRequired: request.fields.cas_required,
    expiresAtMs: expiryOf(request, context),
    allowSlashesInTemplates: request.fields.allow_slashes_in_identity_templates,
    allowWildcardsInTemplates: request.fields.allow_wildcards_in_identity_templates,
  }
}

/** What a patch names, and no more. */
export function changeOf(request: AclRequest, context: Context): Partial<PolicyDraft> {
  const { fields } = request
  const expiresAtMs = expiryOf(request, context)
  return {
    ...(request.has('policy') && { text: policyText(fields.policy) }),
    ...(request.has('cas_required') && { casRequired: fields.cas_required }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(request.has('allow_slashes_in_identity_templates') && {
      allowSlashesInTemplates: fields.allow_slashes_in_identity_templates,
    }),
    ...(request.has('allow_wildcards_in_identity_templates') && {
      allowWildcardsInTemplates: fields.allow_wildcards_in_identity_templates,
    }),
  }
}

function expiryOf({ fields }: AclRequest, { clock }: Context): number | undefined {
  const { expiration, ttl } = fields
  if (expiration !== undefined && ttl !== undefined)
    throw invalid("cannot supply both 'expiration' and 'ttl' for policies")
  return ttl === undefined ? expiration : clock.now() + ttl * 1000
}

export function nameWarnings(name: string): readonly string[] {
  const normal = name.trim().toLowerCase()
  return normal === name ? [] : [`policy name was converted to ${normal}`]
}
