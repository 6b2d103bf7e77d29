import type { Page } from '../../../storage/store.ts'

/** A role of an auth mount whose tokens are members. */
export interface AuthRoleRef {
  /** `auth/approle/ci`; `ACCESSOR/ci` once the mount is gone. */
  readonly path: string
  readonly mountAccessor: string
  readonly role: string
}

/** A named set of policies, and who has them. Moments are milliseconds since the epoch. */
export interface RoleInfo {
  readonly name: string
  readonly description: string
  readonly policies: readonly string[]
  /** Those that there are. */
  readonly entityIds: readonly string[]
  readonly groupIds: readonly string[]
  readonly authRoles: readonly AuthRoleRef[]
  readonly createdMs: number
  readonly updatedMs: number
}

/** What a write says; the rest stays as it is. */
export interface RoleChange {
  readonly description?: string | undefined
  readonly policies?: readonly string[] | undefined
  readonly entityIds?: readonly string[] | undefined
  readonly groupIds?: readonly string[] | undefined
  /** `auth/approle/ci` or `ACCESSOR/ci`. */
  readonly authRoles?: readonly string[] | undefined
}

/** The roles of the request's namespace. Names are not case-sensitive. Everything rejects with an EgideError. */
export interface RoleService {
  names(page: Page): Promise<readonly string[]>
  get(name: string): Promise<RoleInfo | undefined>
  /** Makes it if it is not there. Holds from the next request on, on every node. */
  put(name: string, change: RoleChange): Promise<void>
  /** Deleting what is not there succeeds. */
  delete(name: string): Promise<void>
}

export interface RoleServices {
  readonly roles: RoleService
}
