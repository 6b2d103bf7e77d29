import { type Backend, type Listing, type Revision, StorageError } from './backend.ts'
import type { Page } from './store.ts'

const PAGE_LIMIT = 10_000

export interface FullListing extends Listing {
  /** That of the last backend page. If it is not `revision`, the listing may never have been exact. */
  readonly newest: Revision
}

/**
 * The names of a view's page, however many backend pages that takes. The revision is that of the first backend page:
 * the whole is exact at it unless something was created or deleted below the prefix since.
 */
export async function fullListing(
  backend: Backend,
  prefix: string,
  recursive: boolean,
  { after = '', limit = Number.MAX_SAFE_INTEGER }: Page,
): Promise<FullListing> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new StorageError('invalid', 'a limit is an integer from 1')
  const first = await backend.list(prefix, { recursive, after, limit: Math.min(limit, PAGE_LIMIT) })
  const names = [...first.names]
  let page = first
  while (page.names.length === PAGE_LIMIT && names.length < limit) {
    const wanted = Math.min(limit - names.length, PAGE_LIMIT)
    page = await backend.list(prefix, { recursive, after: names.at(-1) ?? '', limit: wanted })
    for (const name of page.names) names.push(name)
  }
  return { names, revision: first.revision, newest: page.revision }
}
