/** What a login waits for: https://openbao.org/docs/auth/login-mfa/ */

export interface MfaMethod {
  /** `totp`, `duo`, `okta` or `pingid`. */
  readonly type: string
  readonly id: string
  /** Whether a passcode is shown with it. */
  readonly usesPasscode: boolean
  /** '' for none. */
  readonly name: string
}

export interface MfaRequirement {
  /** Names the login at `sys/mfa/validate`. */
  readonly requestId: string
  /** By the name of each enforcement, its methods: any one of them satisfies it, and all have to be satisfied. */
  readonly constraints: Readonly<Record<string, readonly MfaMethod[]>>
}

/** As the wire has it; undefined: nothing is waited for. */
export function mfaRequirementOf(wire: unknown): MfaRequirement | undefined {
  if (!isMembers(wire)) return undefined
  const constraints = isMembers(wire.mfa_constraints) ? Object.entries(wire.mfa_constraints) : []
  return {
    requestId: textOf(wire.mfa_request_id),
    constraints: Object.fromEntries(constraints.map(([name, one]) => [name, methodsOf(one)])),
  }
}

function methodsOf(constraint: unknown): readonly MfaMethod[] {
  const any = isMembers(constraint) && Array.isArray(constraint.any) ? constraint.any : []
  return any.filter(isMembers).map((method) => ({
    type: textOf(method.type),
    id: textOf(method.id),
    usesPasscode: method.uses_passcode === true,
    name: textOf(method.name),
  }))
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
