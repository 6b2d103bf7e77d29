import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import { getKeyPolicy, putKeyPolicy } from './access/key-policies.ts'
import { refused } from './errors.ts'
import type { Key } from './keys/key.ts'
import { listResourceTags, tagKey, untagKey } from './keys/key-tags.ts'
import { callOf, keyField, policyField, policyText, tagMap, tagsOf } from './route-fields.ts'

/** Rows of what a key carries with it: its policy, and its tags. */

const policyFields = {
  id: keyField,
  policy: policyField('The key policy, in place of the one that is there.'),
  bypass_policy_lockout_safety_check: field.bool({
    default: false,
    description: 'Takes it also where it does not let the caller change it again.',
  }),
}
type PolicyRequest = EngineRequest<typeof policyFields>

export const policyRow = route('keys/:id/policy', {
  summary: 'Read and write the policy of a key',
  fields: policyFields,
  returns: Type.Object({
    key_id: Type.String(),
    policy_name: Type.String({ description: 'default: there is only one.' }),
    policy: Type.String({ description: 'JSON.' }),
  }),
  auditClear: ['bypass_policy_lockout_safety_check', 'key_id', 'policy', 'policy_name'],
  operations: {
    read: async (request: PolicyRequest, context) => {
      const { key, policy } = await getKeyPolicy(callOf(request, context), request.fields.id)
      return { data: { key_id: key.id, policy_name: 'default', policy } }
    },
    update: async (request: PolicyRequest, context) => {
      const { id, bypass_policy_lockout_safety_check: bypass } = request.fields
      const text = policyText(request.fields.policy)
      if (text === undefined) throw refused('Validation', 'policy is missing')
      await putKeyPolicy(callOf(request, context), id, text, bypass)
      return undefined
    },
  },
})

const tagFields = {
  id: keyField,
  tags: field.stringMap({ default: {}, description: 'Tags to add, or to write over those with the same keys.' }),
  tag_keys: field.list({ default: [], query: true, description: 'Of a deletion: keys of the tags that go.' }),
}
type TagRequest = EngineRequest<typeof tagFields>

export const tagRow = route('keys/:id/tags', {
  summary: 'Read, add and remove tags of a key',
  fields: tagFields,
  returns: Type.Object({ key_id: Type.String(), tags: Type.Record(Type.String(), Type.String()) }),
  auditClear: ['key_id', 'tag_keys', 'tags'],
  operations: {
    read: async (request: TagRequest, context) =>
      tagReply(await listResourceTags(callOf(request, context), request.fields.id)),
    update: async (request: TagRequest, context: EngineContext) =>
      tagReply(await tagKey(callOf(request, context), request.fields.id, tagsOf(request.fields.tags))),
    delete: async (request: TagRequest, context: EngineContext) =>
      tagReply(await untagKey(callOf(request, context), request.fields.id, request.fields.tag_keys)),
  },
})

function tagReply({ id, tags }: Key): Reply {
  return { data: { key_id: id, tags: tagMap(tags) } }
}
