import type { ListPage } from './backend.ts'

/** Where a walk over sorted paths begins. */
export interface Seek {
  readonly path: string
  readonly inclusive: boolean
}

/** The first string after everything that starts with `prefix`, which ends in '/' ('0' follows '/'). */
export function pastPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}0`
}

/** Above every path: U+10FFFF is the highest character, and a path has at most 2560 bytes. */
const PAST_ALL = '\u{10ffff}'.repeat(641)

/** As `pastPrefix`, of the prefix '' too, which everything starts with. */
export function endOf(prefix: string): string {
  return prefix === '' ? PAST_ALL : pastPrefix(prefix)
}

/** Where the names after `page.after` begin. */
export function seekOf(prefix: string, page: ListPage): Seek {
  if (page.after === '') return { path: prefix, inclusive: false }
  const slash = page.recursive ? -1 : page.after.indexOf('/')
  if (slash < 0) return { path: prefix + page.after, inclusive: false }
  return { path: pastPrefix(prefix + page.after.slice(0, slash + 1)), inclusive: true }
}

/** The name under which `path` is listed below `prefix`: 'name', or 'name/' for all that lies deeper (one level only). */
export function nameOf(prefix: string, path: string, recursive: boolean): string {
  const slash = recursive ? -1 : path.indexOf('/', prefix.length)
  return slash < 0 ? path.slice(prefix.length) : path.slice(prefix.length, slash + 1)
}
