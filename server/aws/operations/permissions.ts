import { accountPrincipal } from '../../../engines/kms/access/principals.ts'
import type { AccessKey } from '../../core/access-keys/access-key.ts'
import { AwsError } from '../aws-error.ts'
import { epochSeconds, member, neededSegment, neededText, present, renamed, structure, text } from '../members.ts'
import type { Answered, Asked, Data, KmsOperations } from '../operation.ts'
import { limitOf, markerOf, pageAsked, pageOf, pageShown } from '../paging.ts'
import { arnOfKey, keyItself } from '../references.ts'
import { tagsOf } from './keys.ts'

const GRANTS = { most: 100, usual: 50 }
const TAGS = { most: 50, usual: 50 }
const CONSTRAINTS = {
  EncryptionContextEquals: 'encryption_context_equals',
  EncryptionContextSubset: 'encryption_context_subset',
}
const GRANT = {
  GranteePrincipal: 'grantee_principal',
  RetiringPrincipal: 'retiring_principal',
  Operations: 'operations',
  Name: 'name',
  GrantTokens: 'grant_tokens',
  DryRun: 'dry_run',
}
const RETIRED = { GrantToken: 'grant_token', GrantId: 'grant_id', DryRun: 'dry_run' }
/** A key has one policy, and this is its name. */
const POLICY_NAME = 'default'

async function grantsAsked(input: Data, key: AccessKey): Promise<Asked> {
  const path = `keys/${await keyItself(input, key)}/grants`
  if (member(input, 'GrantId') !== undefined)
    return { operation: 'read', path: `${path}/${neededSegment(input, 'GrantId')}`, data: {} }
  const { data, ...page } = pageAsked(input, path, GRANTS)
  return { ...page, data: { ...data, ...renamed(input, { GranteePrincipal: 'grantee_principal' }) } }
}

function grantOf(grant: Data, key: AccessKey): Data {
  const constraints = present({
    EncryptionContextEquals: grant.encryption_context_equals,
    EncryptionContextSubset: grant.encryption_context_subset,
  })
  return present({
    KeyId: arnOfKey(key, grant.key_id),
    GrantId: grant.grant_id,
    Name: grant.name,
    CreationDate: epochSeconds(grant.creation_date),
    GranteePrincipal: grant.grantee_principal,
    RetiringPrincipal: grant.retiring_principal,
    IssuingAccount: accountPrincipal(key.place),
    Operations: grant.operations,
    Constraints: Object.keys(constraints).length === 0 ? undefined : constraints,
  })
}

function grantsOf({ reply, key }: Answered, ids: readonly string[]): readonly Data[] {
  const info = (reply.key_info ?? {}) as Readonly<Record<string, Data>>
  return ids.flatMap((id) => (info[id] === undefined ? [] : [grantOf(info[id], key)]))
}

function refuseOtherPolicy(input: Data): void {
  const name = text(input, 'PolicyName') ?? POLICY_NAME
  if (name !== POLICY_NAME) throw new AwsError('NotFoundException', `a key has one policy, ${POLICY_NAME}`)
}

/** Who may use a key, and what it is labelled with. */
export const permissions: KmsOperations = {
  CreateGrant: {
    async ask(input, key) {
      const path = `keys/${await keyItself(input, key)}/grants`
      const constraints = renamed(structure(input, 'Constraints'), CONSTRAINTS)
      return { operation: 'update', path, data: { ...renamed(input, GRANT), ...constraints } }
    },
    answer: ({ reply }) => ({ GrantId: reply.grant_id, GrantToken: reply.grant_token }),
  },
  ListGrants: {
    ask: grantsAsked,
    answer(answered) {
      const { reply, input, key } = answered
      if (member(input, 'GrantId') !== undefined) return { Grants: [grantOf(reply, key)], Truncated: false }
      const { names, more } = pageShown(reply, input, GRANTS)
      return { Grants: grantsOf(answered, names), ...more }
    },
  },
  ListRetirableGrants: {
    ask(input) {
      const principal = neededText(input, 'RetiringPrincipal')
      const data = { retiring_principal: principal, after: markerOf(input), limit: limitOf(input, GRANTS) }
      return { operation: 'list', path: 'grants/retirable', data }
    },
    answer(answered) {
      const { keys, next } = answered.reply
      const grants = grantsOf(answered, Array.isArray(keys) ? keys.map(String) : [])
      return { Grants: grants, ...(next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next }) }
    },
  },
  RetireGrant: {
    async ask(input, key) {
      const ofKey = member(input, 'KeyId') === undefined ? {} : { key_id: await keyItself(input, key) }
      return { operation: 'update', path: 'grants/retire', data: { ...renamed(input, RETIRED), ...ofKey } }
    },
  },
  RevokeGrant: {
    async ask(input, key) {
      const path = `keys/${await keyItself(input, key)}/grants/${neededSegment(input, 'GrantId')}`
      return { operation: 'delete', path, data: renamed(input, { DryRun: 'dry_run' }) }
    },
  },
  GetKeyPolicy: {
    async ask(input, key) {
      refuseOtherPolicy(input)
      return { operation: 'read', path: `keys/${await keyItself(input, key)}/policy`, data: {} }
    },
    answer: ({ reply }) => ({ Policy: reply.policy, PolicyName: reply.policy_name }),
  },
  PutKeyPolicy: {
    async ask(input, key) {
      refuseOtherPolicy(input)
      const names = { BypassPolicyLockoutSafetyCheck: 'bypass_policy_lockout_safety_check' }
      const data = { policy: neededText(input, 'Policy'), ...renamed(input, names) }
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/policy`, data }
    },
  },
  ListKeyPolicies: {
    async ask(input, key) {
      return { operation: 'read', path: `keys/${await keyItself(input, key)}/policy`, data: {} }
    },
    answer: () => ({ PolicyNames: [POLICY_NAME], Truncated: false }),
  },
  TagResource: {
    async ask(input, key) {
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/tags`, data: { tags: tagsOf(input) } }
    },
  },
  UntagResource: {
    async ask(input, key) {
      const data = renamed(input, { TagKeys: 'tag_keys' })
      return { operation: 'delete', path: `keys/${await keyItself(input, key)}/tags`, data }
    },
  },
  ListResourceTags: {
    async ask(input, key) {
      return { operation: 'read', path: `keys/${await keyItself(input, key)}/tags`, data: {} }
    },
    answer({ reply, input }) {
      const { shown, more } = pageOf(Object.entries(reply.tags ?? {}), input, TAGS)
      return { Tags: shown.map(([name, value]) => ({ TagKey: name, TagValue: value })), ...more }
    },
  },
}
