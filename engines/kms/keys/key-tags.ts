import type { Call } from '../access/authorization.ts'
import { permittedKey } from '../usable-key.ts'
import type { Key, Tag } from './key.ts'
import { changeKey, NOT_LEAVING } from './lifecycle.ts'
import { withoutTags, withTags } from './tags.ts'

export function listResourceTags(call: Call, reference: string): Promise<Key> {
  return permittedKey(call, call.context.store, reference, { action: 'ListResourceTags' })
}

/** Throws Tag, LimitExceeded. */
export function tagKey(call: Call, reference: string, tags: readonly Tag[]): Promise<Key> {
  return changeKey(call, reference, 'TagResource', NOT_LEAVING, (key) => ({ ...key, tags: withTags(key.tags, tags) }))
}

/** What is not there is passed over. */
export function untagKey(call: Call, reference: string, keys: readonly string[]): Promise<Key> {
  return changeKey(call, reference, 'UntagResource', NOT_LEAVING, (key) => ({
    ...key,
    tags: withoutTags(key.tags, keys),
  }))
}
