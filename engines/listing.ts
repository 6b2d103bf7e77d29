import type { Reply } from './engine.ts'
import { notFound } from './errors.ts'
import { field } from './field.ts'

/** The paging fields of a row that lists. */
export const pageFields = {
  after: field.text({ default: '', description: 'List only names after this one, which need not exist.' }),
  limit: field.int({ default: 0, description: 'List at most so many names; 0 lists all.' }),
}

/** What a store's `list` and `scan` take, from the paging fields. */
export function pageOf(fields: { readonly after: string; readonly limit: number }): { after: string; limit?: number } {
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
