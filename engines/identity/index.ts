import { engine } from '../engine.ts'
import { batchDelete, entities, entity, entityById, entityByName, entityNames } from './entity.ts'
import { entityAlias, entityAliasById, entityAliases } from './entity-alias.ts'
import { group, groupById, groupByName, groupNames, groups } from './group.ts'
import { groupAlias, groupAliasById, groupAliases } from './group-alias.ts'
import { lookupEntity, lookupGroup } from './lookup.ts'
import { mergeEntities } from './merge.ts'
import { enforcement, enforcements } from './mfa/enforcements.ts'
import { methodById, methods } from './mfa/methods.ts'
import { duoMethods, oktaMethods, pingIdMethods } from './mfa/service-methods.ts'
import { totpMethods } from './mfa/totp-method.ts'
import { adminDestroyTotp, adminGenerateTotp, generateTotp } from './mfa/totp-secrets.ts'
import { oidcKey, oidcKeys, rotateDueKeys, rotateOidcKey } from './oidc/keys.ts'
import { assignment, assignments } from './oidc/provider/assignments.ts'
import { authorization } from './oidc/provider/authorize.ts'
import { client, clients } from './oidc/provider/clients.ts'
import { providerDiscovery, providerKeys } from './oidc/provider/discovery.ts'
import { provider, providers } from './oidc/provider/providers.ts'
import { scope, scopes } from './oidc/provider/scopes.ts'
import { token } from './oidc/provider/token.ts'
import { userinfo } from './oidc/provider/userinfo.ts'
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
    methods,
    methodById,
    ...totpMethods,
    ...duoMethods,
    ...oktaMethods,
    ...pingIdMethods,
    generateTotp,
    adminGenerateTotp,
    adminDestroyTotp,
    enforcement,
    enforcements,
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
    assignment,
    assignments,
    scope,
    scopes,
    client,
    clients,
    provider,
    providers,
    providerDiscovery,
    providerKeys,
    authorization,
    token,
    userinfo,
  ],
  periodic: { rotateDueKeys },
})
