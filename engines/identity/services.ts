import type { PlacedMethod } from './mfa/documents.ts'

/** What identity needs of the server. */

/** A mount, as those see it who have its accessor. */
export interface IdentityMount {
  readonly path: string
  readonly type: string
  readonly local: boolean
}

export interface AuthMount {
  readonly accessor: string
  readonly type: string
}

/** MFA methods of the namespaces above, which logins in this one may show too. */
export interface MethodsAbove {
  method(id: string): Promise<PlacedMethod | undefined>
  /** The nearest namespace's first. */
  methods(): Promise<readonly PlacedMethod[]>
}

export interface IdentityServices {
  /** The mount of an accessor; undefined: there is none in this namespace. */
  mountOf(accessor: string): Promise<IdentityMount | undefined>
  /** The mounts where logins of this namespace are made. */
  authMounts(): Promise<readonly AuthMount[]>
  /** Where this server says that it is reached, without a slash at the end. */
  apiAddress(): string
  readonly mfaAbove: MethodsAbove
  /** Names of policies as they are kept: normal, sorted, without repeats. */
  normalPolicies(names: readonly string[]): readonly string[]
}
