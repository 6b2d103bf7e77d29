import type { Route } from '../../engines/engine.ts'
import type { Field } from '../../engines/field.ts'
import { type DescribedMount, type OpenApiDocument, openApiOf } from './openapi.ts'

/** The answer to `?help=1`, which stands without an envelope. */
export interface PathHelp {
  readonly help: string
  readonly see_also: null
  readonly openapi: OpenApiDocument
}

export interface HelpQuestion {
  readonly mount: DescribedMount
  /** What the mount is for, in words. */
  readonly mountDescription: string
  /** Relative to the mount. */
  readonly path: string
  /** The row that the path belongs to; undefined for the mount itself. */
  readonly route: Route<never> | undefined
  readonly version: string
}

/** What a path does and takes. */
export function pathHelpOf({ mount, mountDescription, path, route, version }: HelpQuestion): PathHelp {
  const about = route === undefined ? mount : { path: mount.path, routes: [{ ...route, hidden: false }] }
  return {
    help: route === undefined ? mountHelp(mount, mountDescription) : routeHelp(path, route),
    see_also: null,
    openapi: openApiOf([about], { version }),
  }
}

function routeHelp(path: string, route: Route<never>): string {
  const fields = Object.entries(route.fields).sort(([a], [b]) => (a < b ? -1 : 1))
  const sections = [
    `Request:        ${path}\nMatching Route: ${route.pattern}\nOperations:     ${operationsOf(route)}`,
    route.summary,
    ...(fields.length === 0 ? [] : [`## PARAMETERS\n\n${fields.map(fieldHelp).join('\n\n')}`]),
    ...(route.description === '' ? [] : [`## DESCRIPTION\n\n${route.description}`]),
  ]
  return `${sections.join('\n\n')}\n`
}

function fieldHelp([name, field]: [string, Field<unknown>]): string {
  const notes = [
    ...(field.required ? ['required'] : []),
    ...(field.deprecated ? ['deprecated'] : []),
    ...(field.fallback === undefined || field.fallback === '' ? [] : [`default ${JSON.stringify(field.fallback)}`]),
  ]
  return `    ${name} (${[typeOf(field.schema), ...notes].join(', ')})\n\n        ${field.description}`
}

function typeOf(schema: object): string {
  if ('format' in schema && schema.format === 'duration') return 'duration'
  if ('type' in schema && typeof schema.type === 'string') return schema.type
  return 'enum' in schema && Array.isArray(schema.enum) ? schema.enum.join(' | ') : 'any'
}

function mountHelp({ path, routes }: DescribedMount, description: string): string {
  const rows = routes
    .filter((route) => !route.hidden)
    .toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1))
    .map((route) => `    ${route.pattern} (${operationsOf(route)})\n\n        ${route.summary}`)
  const intro = `## DESCRIPTION\n\n${description || `The mount at ${path}`}`
  return `${intro}\n\n## PATHS\n\nThe following paths are supported below ${path}\n\n${rows.join('\n\n')}\n`
}

function operationsOf(route: Route<never>): string {
  return Object.keys(route.operations).join(', ')
}
