import { type MfaMethod, type MfaRequirement, mfaRequirementOf } from '../../sdk/mfa.ts'
import type { Secret } from '../../sdk/secret.ts'
import { remote } from '../failure.ts'
import type { Session } from '../session.ts'
import { askHidden, warn } from '../terminal.ts'

/** What the answer of a login waits for; undefined: it has its token. */
export function requirementOf({ auth }: Secret): MfaRequirement | undefined {
  return mfaRequirementOf(auth?.mfa_requirement)
}

/**
 * Asks for the passcodes that a login waits for, and shows them. Undefined where there is nobody to ask, or where there is a
 * choice of methods that is not ours.
 */
export async function shownFactors(session: Session, requirement: MfaRequirement): Promise<Secret | undefined> {
  const methods = solePath(requirement)
  if (methods === undefined || !session.interactive || !process.stdin.isTTY) return undefined
  const payload: Record<string, string[]> = {}
  for (const { id, name, type, usesPasscode } of methods) {
    const title = `${type.toUpperCase()} method ${name === '' ? id : `"${name}"`}`
    if (!usesPasscode) warn(`The ${title} asks at your device: answer there.`)
    payload[id] = usesPasscode ? [await askHidden(`Passcode of the ${title}`)] : []
  }
  const body = { mfa_request_id: requirement.requestId, mfa_payload: payload }
  return remote('Error validating the second factor', session.anonymous.write('sys/mfa/validate', body))
}

/** The methods that satisfy a login, where there is one way only. */
function solePath({ constraints }: MfaRequirement): readonly MfaMethod[] | undefined {
  const chosen = new Map<string, MfaMethod>()
  const choices = Object.values(constraints)
  for (const any of choices) if (any.length === 1) for (const method of any) chosen.set(method.id, method)
  const isSatisfied = choices.every((any) => any.some(({ id }) => chosen.has(id)))
  return isSatisfied ? [...chosen.values()] : undefined
}
