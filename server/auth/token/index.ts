import { type EngineContext, engine } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { create, createOrphan, createUnderRole } from './create.ts'
import { renew, renewAccessor, renewSelf, revoke, revokeAccessor, revokeOrphan, revokeSelf, tidy } from './lifecycle.ts'
import { accessors, lookup, lookupAccessor, lookupSelf } from './lookup.ts'
import { roleNamed } from './role.ts'
import { role, roles } from './roles.ts'
import type { TokenMethodServices } from './service.ts'

/** `auth/token/`: how tokens make, look after and end tokens. */
export const token = engine<TokenMethodServices>({
  type: 'token',
  kind: 'auth',
  description: 'token based credentials',
  routes: [
    create,
    createOrphan,
    createUnderRole,
    lookup,
    lookupSelf,
    lookupAccessor,
    accessors,
    renew,
    renewSelf,
    renewAccessor,
    revoke,
    revokeSelf,
    revokeAccessor,
    revokeOrphan,
    tidy,
    role,
    roles,
  ],
  /** A token made under a role lives by what the role says now, and not on when the role is gone. */
  async renewAuth(internal, context: EngineContext<TokenMethodServices>) {
    const name = internal.role
    if (typeof name !== 'string') return {}
    const found = await roleNamed(name, context)
    if (found === undefined) throw invalid(`original token role "${name}" could not be found, not renewing`)
    return { periodSeconds: found.periodSeconds, explicitMaxTtlSeconds: found.explicitMaxTtlSeconds }
  },
})
