import { invalid } from '../errors.ts'
import type { IdentityServices } from './services.ts'

/** More than anybody needs, and few enough to be read at each change. */
const POLICIES_MAX = 500

/** Policies that are given by other means only. */
const NOT_ASSIGNABLE = ['root', 'response-wrapping']

/** The names as they are kept. Throws EgideError `invalid_request` for what identity gives to nobody. */
export function assignable(
  names: readonly string[],
  services: Pick<IdentityServices, 'normalPolicies'>,
): readonly string[] {
  const normal = services.normalPolicies(names)
  const refused = normal.map(skeleton).find((name) => NOT_ASSIGNABLE.includes(name))
  if (refused !== undefined) throw invalid(`policies cannot contain ${refused}`)
  if (normal.length > POLICIES_MAX) throw invalid(`policies cannot contain more than ${POLICIES_MAX} names`)
  return normal
}

/** What a name looks like: other forms of its letters, and what is not seen between them, are not told apart. */
function skeleton(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Z}]/gu, '')
    .toLowerCase()
}
