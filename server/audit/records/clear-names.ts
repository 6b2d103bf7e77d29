/** Which fields of a record's data stand in clear. */
export interface ClearNames {
  /** Top-level fields that are clear with all they hold: what a route declares of itself. */
  readonly top: ReadonlySet<string>
  /** Names whose plain values, or lists of them, are clear at any depth: what an operator sets with `audit_non_hmac_*_keys`, with Vault's meaning. */
  readonly deep: ReadonlySet<string> | undefined
}

const DEEP = '**/'

/**
 * Marks a name as clear at any depth in `AuditRequest.clearRequest` and `clearResponse`. Plain names there are top-level
 * fields only: a route that shows its own `version` must not show a `version` inside a secret it is given.
 */
export const clearAtAnyDepth = (name: string): string => DEEP + name

const NONE: ClearNames = { top: new Set(), deep: undefined }
const compiled = new WeakMap<readonly string[], ClearNames>()

/** The list is compiled once: the pipeline hands the same array for all requests of a row. */
export function clearNames(names: readonly string[]): ClearNames {
  if (names.length === 0) return NONE
  const known = compiled.get(names)
  if (known !== undefined) return known
  const deep = names.filter((name) => name.startsWith(DEEP)).map((name) => name.slice(DEEP.length))
  const made: ClearNames = {
    top: new Set(names.filter((name) => !name.startsWith(DEEP))),
    deep: deep.length === 0 ? undefined : new Set(deep),
  }
  compiled.set(names, made)
  return made
}
