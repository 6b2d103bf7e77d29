/**
 * What the data of a reply looks like, as far as it is fixed. Both transports bring data into this form, so that a caller
 * sees one: nothing is null, lists and maps are there even when empty, what has no fixed form is left as it came.
 */
export type Shape =
  | 'any'
  | 'value'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly object: Readonly<Record<string, Shape>> }
  /** As the shape inside, but absent where it has nothing. */
  | { readonly optional: Shape }

/** `value` in the form of `shape`; undefined: it is absent. What the shape does not name is kept. */
export function conform(shape: Shape, value: unknown): unknown {
  if (shape === 'any') return value ?? undefined
  if (shape === 'value') return value ?? undefined
  if ('optional' in shape) return isEmpty(value) ? undefined : conform(shape.optional, value)
  if ('list' in shape) return Array.isArray(value) ? value.map((item) => conform(shape.list, item)) : []
  if ('map' in shape) return isObject(value) ? mapped(value, () => shape.map) : {}
  if (!isObject(value)) return undefined
  const whole = { ...missing(shape.object, value), ...value }
  return mapped(whole, (name) => (Object.hasOwn(shape.object, name) ? shape.object[name] : undefined) ?? 'any')
}

function mapped(value: object, shapeOf: (name: string) => Shape): object {
  // fromEntries defines members: one that is called __proto__ is a member like any other.
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const formed = conform(shapeOf(name), member)
      return formed === undefined ? [] : [[name, formed]]
    }),
  )
}

/** Members that the answer left away, for lists and maps to be made of. */
function missing(members: Readonly<Record<string, Shape>>, value: object): object {
  return Object.fromEntries(Object.keys(members).flatMap((name) => (Object.hasOwn(value, name) ? [] : [[name, null]])))
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) ? value.length === 0 : false)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
