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

export interface IdentityServices {
  /** The mount of an accessor; undefined: there is none in this namespace. */
  mountOf(accessor: string): Promise<IdentityMount | undefined>
  /** The mounts where logins of this namespace are made. */
  authMounts(): Promise<readonly AuthMount[]>
  /** Where this server says that it is reached, without a slash at the end. */
  apiAddress(): string
  /** Names of policies as they are kept: normal, sorted, without repeats. */
  normalPolicies(names: readonly string[]): readonly string[]
}
