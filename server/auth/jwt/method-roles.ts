import type { AuthRoles } from '../../../engines/engine.ts'
import { isRowName, storedRoles } from '../stored-roles.ts'
import { CEL_ROLES, celRoleName, storedCelRole } from './cel/roles.ts'
import { ROLES, roleCodec } from './role.ts'

const plain = storedRoles(ROLES, roleCodec)
const CEL = celRoleName('')

/** Both kinds of roles of a mount, those with programs as `cel/NAME`. */
export const methodRoles: AuthRoles<unknown> = {
  async names({ after = '', limit }, context) {
    const { store } = context
    const [own, cel] = await Promise.all([plain.names({}, context), store.list(CEL_ROLES)])
    const names = [...own, ...cel.map(celRoleName)].sort().filter((name) => name > after)
    return names.slice(0, limit)
  },
  async get(given, context) {
    const lower = given.toLowerCase()
    if (!lower.startsWith(CEL)) return plain.get(given, context)
    const name = lower.slice(CEL.length)
    const role = isRowName(name) ? await storedCelRole(context.store, name) : undefined
    return role && { name: celRoleName(name), policies: undefined, noDefaultPolicy: false }
  },
}
