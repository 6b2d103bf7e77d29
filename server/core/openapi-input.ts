import { parametersOf, type Route } from '../../engines/engine.ts'
import type { Field } from '../../engines/field.ts'

/** What a row takes, as OpenAPI says it: parameters of the path and the query, and the body. */

export interface OpenApiSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly additionalProperties?: true
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description?: string
  readonly deprecated?: true
  readonly schema: object
}

/** Of a pattern, which may be the row's own without its rest. */
export function pathParameters(route: Route<never>, pattern: string): Parameter[] {
  return parametersOf(pattern).map((name) => {
    const field = fieldOf(route, name)
    const schema = field === undefined ? { type: 'string' } : schemaOf(field)
    return { name, in: 'path', required: true, ...describedBy(field), schema }
  })
}

/** How a GET becomes a list, and what a row without a body is told in the query. */
export function queryParameters(
  route: Route<never>,
  specs: { readonly read?: unknown; readonly list?: unknown; readonly scan?: unknown },
): Parameter[] {
  const parameters: Parameter[] = []
  const only = [specs.read, specs.list, specs.scan].filter((spec) => spec !== undefined).length === 1
  if (specs.list !== undefined) parameters.push(flag('list', only, 'Lists names. The method LIST does the same.'))
  if (specs.scan !== undefined) parameters.push(flag('scan', only, 'Lists whole paths. The method SCAN does the same.'))
  const { create, update, patch } = route.operations
  const hasBody = create !== undefined || update !== undefined || patch !== undefined
  const inPath = new Set(parametersOf(route.pattern))
  for (const [name, field] of Object.entries(route.fields)) {
    if (inPath.has(name) || (hasBody && !field.query)) continue
    parameters.push({ name, in: 'query', required: field.required, ...describedBy(field), schema: queried(field) })
  }
  return parameters
}

/** All fields that are not in the path. Undefined: the row takes none. */
export function bodyOf(route: Route<never>, inPath: readonly string[]): OpenApiSchema | undefined {
  const left = new Set([...inPath, ...parametersOf(route.pattern)])
  const fields = Object.entries(route.fields).filter(([name]) => !left.has(name))
  if (fields.length === 0 && !route.freeForm) return undefined
  const required = fields.filter(([, field]) => field.required).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { ...schemaOf(field), ...describedBy(field) } as object]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(route.freeForm ? { additionalProperties: true } : {}),
  }
}

/**
 * A default is of the type that it stands for: that of a duration, a number of seconds here, is text there. The format of that
 * name is ISO 8601's (`PT1H`), which is not taken, and a name of our own tells what is.
 */
function schemaOf({ schema }: Field<unknown>): object {
  const { format, default: fallback, ...told } = schema as { type?: unknown; format?: unknown; default?: unknown }
  const value = told.type === 'string' && fallback !== undefined ? String(fallback) : fallback
  return {
    ...told,
    ...(format === 'duration' ? { 'x-egide-format': format } : format === undefined ? {} : { format }),
    ...(value === undefined ? {} : { default: value }),
  }
}

/** In a query no item is no parameter: an empty list as the default says nothing, and openapi-generator's Go with it does not compile. */
function queried(field: Field<unknown>): object {
  const { default: fallback, ...schema } = schemaOf(field) as { default?: unknown }
  const isEmpty = Array.isArray(fallback) && fallback.length === 0
  return fallback === undefined || isEmpty ? schema : { ...schema, default: fallback }
}

function fieldOf(route: Route<never>, name: string): Field<unknown> | undefined {
  return Object.hasOwn(route.fields, name) ? route.fields[name] : undefined
}

function describedBy(field: Field<unknown> | undefined): { description?: string; deprecated?: true } {
  if (field === undefined) return {}
  return { description: field.description, ...(field.deprecated ? { deprecated: true } : {}) }
}

function flag(name: string, required: boolean, description: string): Parameter {
  return { name, in: 'query', required, description, schema: { type: 'string', enum: ['true'] } }
}
