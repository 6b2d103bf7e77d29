/** An object in JSON's sense, as it came over the wire or from the store: not to be changed. */
export type JsonObject = Readonly<Record<string, unknown>>

/** No list, no null, no raw number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

/** The value of an own member: a name such as `constructor` or `__proto__` is a member like any other. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
