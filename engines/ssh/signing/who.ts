import type { EngineContext, EngineRequest } from '../../engine.ts'
import { filledTemplate, templateParts } from '../../identity-template.ts'
import type { IdentityView } from '../../identity-view.ts'

/** Whom templates of a role speak of. */
export interface Who {
  /** Undefined: nobody in particular. */
  readonly identity: IdentityView | undefined
  readonly namespacePath: string
}

export function whoAsks({ caller }: Pick<EngineRequest, 'caller'>, { namespace }: EngineContext): Who {
  return { identity: caller?.identity, namespacePath: namespace.path }
}

/** The text for who asks. Undefined: a template in it has no value for them, or one that is forbidden. */
export function filledFor(
  text: string,
  { identity, namespacePath }: Who,
  isForbidden: (value: string) => boolean = () => false,
): string | undefined {
  const parts = templateParts(text)
  return parts && filledTemplate(parts, identity, { namespacePath, isForbidden })
}
