/** What logins of an auth method are made under: a role, or a user. */
export interface AuthRole {
  /** The one spelling of its name. */
  readonly name: string
  /** Policies of its tokens; undefined: each login decides anew. */
  readonly policies: readonly string[] | undefined
  readonly noDefaultPolicy: boolean
}
