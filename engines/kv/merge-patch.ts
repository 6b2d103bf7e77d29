import { isJsonObject, type JsonObject } from '../json-object.ts'

/** JSON Merge Patch, RFC 7396: members that are null are removed, objects are merged, everything else is replaced. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  // A Map holds the members so that '__proto__' is a name like any other.
  const members = new Map(Object.entries(target))
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) members.delete(name)
    else members.set(name, merged(members.get(name), change))
  }
  return Object.fromEntries(members)
}

function merged(current: unknown, change: unknown): unknown {
  if (!isJsonObject(change)) return change
  return mergePatch(isJsonObject(current) ? current : {}, change)
}
