import type { Page } from '../storage/store.ts'
import { CoercionError, parseInteger, parseText } from './coerce.ts'
import type { Reply } from './engine.ts'
import { invalid, notFound } from './errors.ts'
import { field } from './field.ts'

/** The paging fields of a row that lists. */
export const pageFields = {
  after: field.text({ default: '', query: true, description: 'List only names after this one, which need not exist.' }),
  limit: field.int({ default: 0, query: true, description: 'List at most so many names; 0 lists all.' }),
}

/** As `pageFields`, of a row whose writes may hold members of these names that mean something else. */
export const loosePageFields = {
  after: field.any({ query: true, description: pageFields.after.description }),
  limit: field.any({ query: true, description: pageFields.limit.description }),
}

/** As `pageOf`, from the fields of such a row. */
export function loosePageOf(fields: { readonly after: unknown; readonly limit: unknown }): Page {
  return pageOf({
    after: readLoosely('after', parseText, fields.after ?? ''),
    limit: readLoosely('limit', parseInteger, fields.limit ?? 0),
  })
}

/** The value of a field that takes anything. Throws EgideError `invalid_request` naming it. */
export function readLoosely<T>(name: string, parse: (raw: unknown) => T, raw: unknown): T {
  try {
    return parse(raw)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`error converting input for field "${name}": ${error.message}`)
    throw error
  }
}

/** What a store's `list` and `scan` take, from the paging fields. */
export function pageOf(fields: { readonly after: string; readonly limit: number }): Page {
  return fields.limit > 0 ? { after: fields.after, limit: fields.limit } : { after: fields.after }
}

/** The prefix that lists what is below `path`, itself without a trailing '/'. */
export function folder(path: string): string {
  return path === '' ? '' : `${path}/`
}

/** A list of nothing is a 404, as in Vault. */
export function listed(names: readonly string[]): Reply {
  if (names.length === 0) throw notFound()
  return { data: { keys: names } }
}
