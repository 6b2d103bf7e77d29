import type { CompiledRule } from './acl/compiled-rule.ts'
import { Matcher } from './acl/matcher.ts'
import type { Pattern } from './pattern.ts'
import { CAN } from './policy.ts'

/** The rules that deny, where every one that fits wins, however closely another path fits. */
export class Denials {
  readonly #all: Matcher<CompiledRule>
  readonly #open: Matcher<CompiledRule>

  constructor(rules: readonly (readonly [Pattern, CompiledRule])[]) {
    this.#all = new Matcher(rules)
    this.#open = new Matcher(rules.filter(([{ open }]) => open))
  }

  /** The closest that fits the path; of a listing, also without its final '/'. */
  over(path: string, listing: boolean): CompiledRule | undefined {
    return listing ? this.#all.findForList(path) : this.#all.find(path)
  }

  /** Whether one fits every path that starts with `prefix`: a pattern that ends in '*' and fits so much of it. */
  coverBelow(prefix: string): boolean {
    return this.#open.find(prefix) !== undefined
  }
}

/** Undefined when none denies. */
export function denialsOf(rules: readonly (readonly [Pattern, CompiledRule])[]): Denials | undefined {
  const denying = rules.filter(([, { merged }]) => merged.capabilities === CAN.deny)
  return denying.length === 0 ? undefined : new Denials(denying)
}
