import { type DescribedMount, type DocumentInfo, type OpenApiDocument, openApiOf } from './openapi.ts'

/** Callers see few different sets of mounts. */
const KEPT_MAX = 32

interface Kept {
  readonly mounts: readonly DescribedMount[]
  readonly document: OpenApiDocument
}

/**
 * Documents that were made, by the mounts in them: anybody may ask for one, without a token, so asking must be cheap. One
 * with a context is made anew: contexts are the caller's to choose.
 */
export class OpenApiCache {
  readonly #kept = new Map<string, Kept>()

  /** The same object as long as the mounts serve the same rows; it is shared and never edited. */
  document(mounts: readonly DescribedMount[], info: DocumentInfo): OpenApiDocument {
    if (info.context) return openApiOf(mounts, info)
    const key = mounts.map(({ path }) => path).join('\n')
    const known = this.#kept.get(key)
    if (known !== undefined && sameRows(known.mounts, mounts)) return known.document
    const document = openApiOf(mounts, info)
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(key, { mounts, document })
    return document
  }
}

function sameRows(some: readonly DescribedMount[], others: readonly DescribedMount[]): boolean {
  return some.every(({ routes }, at) => routes === others[at]?.routes)
}
