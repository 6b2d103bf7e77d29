/** What identity needs of the server. */

/** A mount, as those see it who have its accessor. */
export interface IdentityMount {
  readonly path: string
  readonly type: string
  readonly local: boolean
}

export interface IdentityServices {
  /** The mount of an accessor; undefined: there is none in this namespace. */
  mountOf(accessor: string): Promise<IdentityMount | undefined>
  /** Names of policies as they are kept: normal, sorted, without repeats. */
  normalPolicies(names: readonly string[]): readonly string[]
}
