import { filledTemplate, type TemplatePart, templateParts } from '../../engines/identity-template.ts'
import type { IdentityView } from '../../engines/identity-view.ts'
import { PolicyError } from './policy.ts'

/** Vault's identity templating, for the paths of policies: https://openbao.org/docs/concepts/policies/#templated-policies */

/** Cuts `a/{{identity.entity.id}}/b` into its parts. Throws PolicyError when braces don't pair. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts = templateParts(text)
  if (parts === undefined) throw new PolicyError('unbalanced templating braces')
  return parts
}

export interface TemplateRules {
  /** Namespace whose groups are found by name. */
  readonly namespacePath: string
  readonly allowSlashes: boolean
  readonly allowWildcards: boolean
}

/** A path with its templates filled in. */
export interface FilledPath {
  readonly path: string
  /** Whether a value could widen the rule: it holds '/', '*' or '+' without leave. */
  readonly isWidened: boolean
}

/** The path for this identity. Undefined when a template has no value: then the rule does not apply. */
export function resolveTemplate(
  parts: readonly TemplatePart[],
  identity: IdentityView | undefined,
  { namespacePath, allowSlashes, allowWildcards }: TemplateRules,
): FilledPath | undefined {
  const isForbidden = (value: string): boolean =>
    (!allowSlashes && value.includes('/')) || (!allowWildcards && /[*+]/.test(value))
  const path = filledTemplate(parts, identity, { namespacePath, isForbidden })
  if (path !== undefined) return { path, isWidened: false }
  const widened = filledTemplate(parts, identity, { namespacePath, isForbidden: () => false })
  return widened === undefined ? undefined : { path: widened, isWidened: true }
}
