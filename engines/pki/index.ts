import { type EngineContext, engine } from '../engine.ts'
import { resumeChallenges } from './acme/authorizations.ts'
import { acmeConfigRoutes } from './acme/config.ts'
import { acmeRoutes } from './acme/routes.ts'
import { celLeafRoutes } from './cel/issuing.ts'
import { celRole, celRoleList } from './cel/roles.ts'
import { certificateRoutes } from './certificates.ts'
import { configRoutes } from './config.ts'
import { certificateFigures, periodicCounts } from './counts.ts'
import { certificateCodec, rows } from './documents.ts'
import { defaultIssuerRoutes } from './issuers/default-issuer.ts'
import { importRoutes } from './issuers/import.ts'
import { intermediateRoutes } from './issuers/intermediate.ts'
import { keyRoutes } from './issuers/key-routes.ts'
import { rootRoutes } from './issuers/root.ts'
import { issuerRoutes } from './issuers/routes.ts'
import { selfIssuedRoutes } from './issuers/self-issued.ts'
import { leafRoutes } from './issuing/routes.ts'
import { configCrl, revocationConfig } from './revocation/config.ts'
import { currentList } from './revocation/lists.ts'
import { ocspRoutes } from './revocation/ocsp.ts'
import { resignRoutes } from './revocation/resign.ts'
import { renewResponders } from './revocation/responder.ts'
import { REASONS, revoke, revokeRoutes } from './revocation/revoke.ts'
import { listRoutes, signingIssuers } from './revocation/routes.ts'
import { signListRoutes } from './revocation/sign-list.ts'
import { role, roleList } from './roles/routes.ts'

import { periodicTidy, tidyRoutes } from './tidy.ts'

/** A certificate authority. */
export const pki = engine({
  type: 'pki',
  kind: 'secret',
  description: 'Certificates: a certificate authority with roles, revocation lists and OCSP',
  routes: [
    ...rootRoutes,
    ...intermediateRoutes,
    ...selfIssuedRoutes,
    ...importRoutes,
    ...issuerRoutes,
    ...defaultIssuerRoutes,
    ...keyRoutes,
    ...configRoutes,
    configCrl,
    roleList,
    role,
    ...leafRoutes,
    celRoleList,
    celRole,
    ...celLeafRoutes,
    ...certificateRoutes,
    ...revokeRoutes,
    ...listRoutes,
    ...resignRoutes,
    ...signListRoutes,
    ...ocspRoutes,
    ...tidyRoutes,
    ...acmeConfigRoutes,
    ...acmeRoutes,
  ],
  leases: {
    /** A certificate ends with its lease; one that ended by itself has nothing left to revoke. */
    certificate: {
      revoke: async ({ serial }, context: EngineContext) => {
        if (typeof serial !== 'string') return
        const document = await context.store.get(rows.certificate(serial), certificateCodec)
        if (document === undefined || document.notAfterMs < context.clock.now()) return
        await revoke({ serial, unkept: undefined }, REASONS.cessationOfOperation, context)
      },
    },
  },
  figures: certificateFigures,
  periodic: { rebuildLists, renewResponders, periodicTidy, periodicCounts, resumeChallenges },
})

/** Lists that are made before they expire, rather than when somebody asks. */
async function rebuildLists(context: EngineContext): Promise<void> {
  const config = await revocationConfig(context.store)
  if (!config.auto_rebuild) return
  for (const issuer of await signingIssuers(context)) {
    await currentList(issuer, 'full', context)
    if (config.enable_delta) await currentList(issuer, 'delta', context)
  }
}
