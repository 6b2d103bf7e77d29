import { hash } from 'node:crypto'
import { json } from '../../storage/codec.ts'
import { invalid } from '../errors.ts'

/** What is stored of identities, and where. Moments are milliseconds since the epoch. */

/** One way in of one entity: who a login is, at one mount. */
export interface Alias {
  readonly id: string
  /** As it was given. Two names that differ in case only are the same. */
  readonly name: string
  readonly mountAccessor: string
  /** What the auth method said at the last login. */
  readonly metadata: Readonly<Record<string, string>>
  readonly customMetadata: Readonly<Record<string, string>>
  readonly mergedFromIds: readonly string[]
  readonly createdMs: number
  readonly updatedMs: number
}

/** Somebody or something that logs in. It holds all that a request needs to know of it, so that one read is enough. */
export interface Entity {
  readonly id: string
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly policies: readonly string[]
  /** Its tokens are refused. */
  readonly disabled: boolean
  /** At most one of each mount. */
  readonly aliases: readonly Alias[]
  /** Groups that it is a member of itself. */
  readonly groupIds: readonly string[]
  /** Entities that became part of it: their tokens are its own. */
  readonly mergedIds: readonly string[]
  /** Login MFA methods that it has a secret of; absent: none. */
  readonly mfaMethodIds?: readonly string[]
  readonly createdMs: number
  readonly updatedMs: number
}

export interface GroupAlias {
  readonly id: string
  readonly name: string
  readonly mountAccessor: string
  readonly createdMs: number
  readonly updatedMs: number
}

/** Who is in a group stands with the entities; which groups are in it, in both. */
export interface Group {
  readonly id: string
  readonly name: string
  /** Members of an external group are who the auth method of its alias says, at each login. */
  readonly type: 'internal' | 'external'
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly memberGroupIds: readonly string[]
  readonly parentIds: readonly string[]
  readonly alias: GroupAlias | undefined
  readonly createdMs: number
  readonly updatedMs: number
  /** Counts the writes, from 1. */
  readonly modifyIndex: number
}

/** A role of one auth mount: its tokens are members while they live. */
export interface AuthRoleMember {
  readonly mountUuid: string
  readonly mountAccessor: string
  /** In the spelling of the auth method. */
  readonly role: string
}

/** A named set of policies, and who has them. */
export interface Role {
  /** In lower case. */
  readonly name: string
  readonly description: string
  readonly policies: readonly string[]
  readonly entityIds: readonly string[]
  readonly groupIds: readonly string[]
  readonly authRoles: readonly AuthRoleMember[]
  readonly createdMs: number
  readonly updatedMs: number
}

/** Rows of the roles that one member has, so that a request need not look through all of them. */
export interface RolesOfMember {
  readonly rows: readonly string[]
}

/** A row that leads to an entity or a group. */
export interface Pointer {
  readonly id: string
}

export const entityCodec = json<Entity>()
export const groupCodec = json<Group>()
export const pointerCodec = json<Pointer>()
export const roleCodec = json<Role>()
export const rolesOfMemberCodec = json<RolesOfMember>()

/** Rows of the mount's store. */
export const rows = {
  entities: 'entity/',
  entity: (id: string): string => `entity/${id}`,
  entityNames: 'entity-name/',
  entityName: (name: string): string => `entity-name/${nameKey(name)}`,
  aliases: 'alias/',
  alias: (id: string): string => `alias/${id}`,
  /** By mount and name: what a login looks for. */
  factors: (accessor: string, name: string): string => `factors/${accessor}/${factorKey(name)}`,
  /** Entities that became part of another, which this leads to. */
  merged: (id: string): string => `merged/${id}`,
  groups: 'group/',
  group: (id: string): string => `group/${id}`,
  groupNames: 'group-name/',
  groupName: (name: string): string => `group-name/${nameKey(name)}`,
  groupAliases: 'group-alias/',
  groupAlias: (id: string): string => `group-alias/${id}`,
  groupFactors: (accessor: string, name: string): string => `group-factors/${accessor}/${factorKey(name)}`,
  members: (groupId: string): string => `member/${groupId}/`,
  member: (groupId: string, entityId: string): string => `member/${groupId}/${entityId}`,
  roles: 'role/',
  /** `name` as `roleName` gives it. */
  role: (name: string): string => `role/${name}`,
  rolesOfEntity: (id: string): string => `role-of-entity/${id}`,
  rolesOfGroup: (id: string): string => `role-of-group/${id}`,
  rolesOfAuthRole: (mountUuid: string, role: string): string => `role-of-auth/${mountUuid}/${factorKey(role)}`,
  /** Another id after each change of any group or role, so that one read says whether what was worked out of them still holds. */
  epoch: 'epoch',
  /** What an entity makes the codes of a login MFA method with. */
  mfaSecret: (methodId: string, entityId: string): string => `mfa/secret/${methodId}/${entityId}`,
} as const

export const NAME_MAX_BYTES = 512
/** Longest name of an alias: a user name, a subject, a distinguished name. */
const ALIAS_NAME_MAX_BYTES = 4096

/** Ids are made here: whatever else is asked for is no id. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** Throws EgideError `invalid_request` for what can't be the name of an entity or a group. */
export function checkedName(name: string): string {
  if (!isName(name)) throw invalid(`a name has 1 to ${NAME_MAX_BYTES} bytes and no control characters`)
  return name
}

export function isName(name: string): boolean {
  return name !== '' && name.isWellFormed() && Buffer.byteLength(name) <= NAME_MAX_BYTES && !/\p{Cc}/u.test(name)
}

/** The one spelling of a role's name; undefined for what can't be one: ASCII letters, digits and `_ . -` in between. */
export function roleName(sent: string): string | undefined {
  return /^\w(?:[\w.-]{0,126}\w)?$/.test(sent) ? sent.toLowerCase() : undefined
}

/** As `checkedName`, of an alias. */
export function checkedAliasName(name: string): string {
  if (name === '' || !name.isWellFormed() || Buffer.byteLength(name) > ALIAS_NAME_MAX_BYTES)
    throw invalid(`the name of an alias has 1 to ${ALIAS_NAME_MAX_BYTES} bytes`)
  return name
}

/** One segment of a path, whatever the name; its case is not kept. */
function nameKey(name: string): string {
  return encodeURIComponent(name.toLowerCase()).replaceAll('.', '%2E')
}

/** Names of aliases can be long: their place has a length of its own. */
function factorKey(name: string): string {
  return hash('sha256', name.toLowerCase(), 'base64url')
}
