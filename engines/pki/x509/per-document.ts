/**
 * `make`, once for each stored document, or part of one: as long as the store's cache keeps it, so is what was made of it.
 * Not for what each request makes anew: the collector goes over every entry.
 */
export function perDocument<D extends object, T>(make: (document: D) => T): (document: D) => T {
  const known = new WeakMap<D, { readonly made: T }>()
  return (document) => {
    const found = known.get(document)
    if (found !== undefined) return found.made
    const made = make(document)
    known.set(document, { made })
    return made
  }
}
