import { type Der, explicit, implicit, sequence } from './der.ts'
import { EXTENSION, type Extension } from './extensions.ts'

/** Bases of subtrees of each kind (RFC 5280, 4.2.1.10). */
export interface Subtrees {
  readonly dns: readonly string[]
  readonly email: readonly string[]
  /** An address and its mask, of 8 or 32 bytes. */
  readonly ip: readonly Buffer[]
  readonly uri: readonly string[]
}

/** Names among these, and not among those, alone. Undefined: that is no constraint. */
export function nameConstraints(permitted: Subtrees, excluded: Subtrees): Extension | undefined {
  const parts = [subtreesDer(0, permitted), subtreesDer(1, excluded)].filter((part) => part !== undefined)
  // Critical, as RFC 5280 has it: what does not know it must not take what is signed below.
  return parts.length === 0 ? undefined : { id: EXTENSION.nameConstraints, critical: true, value: sequence(...parts) }
}

function subtreesDer(tag: number, { dns, email, ip, uri }: Subtrees): Der | undefined {
  const texts = (kind: number, list: readonly string[]): readonly Der[] =>
    list.map((text) => implicit(kind, Buffer.from(text, 'latin1')))
  const bases = [...texts(1, email), ...texts(2, dns), ...texts(6, uri), ...ip.map((range) => implicit(7, range))]
  return bases.length === 0 ? undefined : explicit(tag, ...bases.map((base) => sequence(base)))
}
