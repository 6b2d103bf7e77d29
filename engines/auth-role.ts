/** What an auth method gives tokens by: a role, or a user. */
export interface AuthRole {
  /** The one spelling of its name. */
  readonly name: string
  /** Policies of its tokens; undefined: each login decides. */
  readonly policies: readonly string[] | undefined
  readonly noDefaultPolicy: boolean
}
