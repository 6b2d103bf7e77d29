/** `make`, once for each stored document: as long as the store's cache keeps the bytes, so is what was made of them. */
export function perDocument<T>(make: (der: Buffer) => T): (der: Buffer) => T {
  const known = new WeakMap<Buffer, { readonly made: T }>()
  return (der) => {
    const found = known.get(der)
    if (found !== undefined) return found.made
    const made = make(der)
    known.set(der, { made })
    return made
  }
}
