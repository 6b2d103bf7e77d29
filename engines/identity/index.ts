import { engine } from '../engine.ts'
import { batchDelete, entities, entity, entityById, entityByName, entityNames } from './entity.ts'
import { entityAlias, entityAliasById, entityAliases } from './entity-alias.ts'
import { group, groupById, groupByName, groupNames, groups } from './group.ts'
import { groupAlias, groupAliasById, groupAliases } from './group-alias.ts'
import { lookupEntity, lookupGroup } from './lookup.ts'
import { mergeEntities } from './merge.ts'
import { oidcKey, oidcKeys, rotateDueKeys, rotateOidcKey } from './oidc/keys.ts'
import { oidcRole, oidcRoles } from './oidc/roles.ts'
import { discovery, introspect, oidcConfig, oidcToken, publishedKeys } from './oidc/tokens.ts'
import type { IdentityServices } from './services.ts'

/** `identity/`: who logs in, whatever way they come, and what that gives them. */
export const identity = engine<IdentityServices>({
  type: 'identity',
  kind: 'secret',
  description: 'who logs in, and what that gives them',
  routes: [
    entity,
    entities,
    entityById,
    entityNames,
    entityByName,
    batchDelete,
    mergeEntities,
    entityAlias,
    entityAliases,
    entityAliasById,
    group,
    groups,
    groupById,
    groupNames,
    groupByName,
    groupAlias,
    groupAliases,
    groupAliasById,
    lookupEntity,
    lookupGroup,
    oidcConfig,
    oidcKey,
    oidcKeys,
    rotateOidcKey,
    oidcRole,
    oidcRoles,
    oidcToken,
    introspect,
    discovery,
    publishedKeys,
  ],
  periodic: rotateDueKeys,
})
