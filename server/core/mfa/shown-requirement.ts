import type { MfaRequirement } from '../../../engines/mfa-requirement.ts'

/** What a login has to show, in Vault's names. */
export function shownRequirement({ requestId, constraints }: MfaRequirement): Readonly<Record<string, unknown>> {
  return {
    mfa_request_id: requestId,
    mfa_constraints: Object.fromEntries(
      constraints.map(({ name, any }) => [
        name,
        {
          any: any.map(({ type, id, usesPasscode, name: of }) => ({ type, id, uses_passcode: usesPasscode, name: of })),
        },
      ]),
    ),
  }
}
