/** What templates, of policies and of engines' roles, may know of who is asking. Built once per token or entity, not per request. */
export interface IdentityView {
  readonly entity: {
    readonly id: string
    readonly name: string
    readonly metadata: Readonly<Record<string, string>>
    readonly aliases: readonly {
      readonly mountAccessor: string
      readonly id: string
      readonly name: string
      readonly metadata: Readonly<Record<string, string>>
      readonly customMetadata: Readonly<Record<string, string>>
    }[]
  }
  readonly groups: readonly {
    readonly id: string
    readonly name: string
    /** '' or ending in '/': a group is found by name only in the policy's own namespace. */
    readonly namespacePath: string
    readonly metadata: Readonly<Record<string, string>>
  }[]
}
