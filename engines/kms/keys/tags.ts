import { refused } from '../errors.ts'
import type { Tag } from './key.ts'

/** Labels of keys, for people and their bills: nothing is decided by them. */

const TAGS_MAX = 50
const KEY_MAX = 128
const VALUE_MAX = 256

/** The tags with some added, or in place of those with the same keys. Throws Tag, LimitExceeded. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map([...tags, ...checkedTags(added)].map((tag) => [tag.key, tag]))
  if (merged.size > TAGS_MAX) throw refused('LimitExceeded', `a key has at most ${TAGS_MAX} tags`)
  return [...merged.values()]
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return tags.filter(({ key }) => !keys.includes(key))
}

/** Throws Tag. */
export function checkedTags(tags: readonly Tag[]): readonly Tag[] {
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > KEY_MAX) throw refused('Tag', `a tag's key has 1 to ${KEY_MAX} characters`)
    if (value.length > VALUE_MAX) throw refused('Tag', `a tag's value has at most ${VALUE_MAX} characters`)
    if (key.toLowerCase().startsWith('aws:')) throw refused('Tag', "a tag's key does not start with aws:")
  }
  if (new Set(tags.map(({ key }) => key)).size !== tags.length) throw refused('Tag', 'a tag is given twice')
  if (tags.length > TAGS_MAX) throw refused('LimitExceeded', `a key has at most ${TAGS_MAX} tags`)
  return tags
}
