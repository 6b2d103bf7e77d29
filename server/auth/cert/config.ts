import { type EngineContext, route } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { json } from '../../../storage/codec.ts'
import { ROLE_CACHE_DEFAULT } from './role.ts'

/** `auth/cert/config`: https://openbao.org/api-docs/auth/cert/#configure-tls-certificate-method */

export interface CertConfig {
  /** A token is renewed without showing the certificate that it was made for. */
  readonly disableBinding: boolean
  readonly enableIdentityAliasMetadata: boolean
  /** OCSP replies that each process remembers. */
  readonly ocspCacheSize: number
  /** Roles that each process keeps with their certificates read; -1: none. */
  readonly roleCacheSize: number
}

const PATH = 'config'
const CACHE_MAX = 100_000
const codec = json<CertConfig>()
const DEFAULT: CertConfig = {
  disableBinding: false,
  enableIdentityAliasMetadata: false,
  ocspCacheSize: 100,
  roleCacheSize: ROLE_CACHE_DEFAULT,
}

const fields = {
  disable_binding: field.bool({ description: 'Tokens are renewed without showing the certificate of their login' }),
  enable_identity_alias_metadata: field.bool({
    description: "What a token's metadata says of the certificate also goes into the alias",
  }),
  ocsp_cache_size: field.int({ description: `OCSP replies that are remembered, 2 to ${CACHE_MAX}` }),
  role_cache_size: field.int({ description: `Roles that are kept ready, at most ${CACHE_MAX}; -1: none` }),
}

export const config = route('config', {
  summary: 'Settings of the method',
  fields,
  operations: {
    read: async (_request, context) => {
      const { disableBinding, enableIdentityAliasMetadata, ocspCacheSize, roleCacheSize } = await configOf(context)
      return {
        data: {
          disable_binding: disableBinding,
          enable_identity_alias_metadata: enableIdentityAliasMetadata,
          ocsp_cache_size: ocspCacheSize,
          role_cache_size: roleCacheSize,
        },
      }
    },
    update: async ({ fields }, { store }) => {
      await store.transaction(async (tx) => {
        const before = (await tx.get(PATH, codec)) ?? DEFAULT
        const changed: CertConfig = {
          disableBinding: fields.disable_binding ?? before.disableBinding,
          enableIdentityAliasMetadata: fields.enable_identity_alias_metadata ?? before.enableIdentityAliasMetadata,
          ocspCacheSize: fields.ocsp_cache_size ?? before.ocspCacheSize,
          roleCacheSize: fields.role_cache_size ?? before.roleCacheSize,
        }
        if (changed.ocspCacheSize < 2 || changed.ocspCacheSize > CACHE_MAX)
          throw invalid(`invalid cache size, must be >= 2 and <= ${CACHE_MAX}`)
        if (changed.roleCacheSize < -1 || changed.roleCacheSize > CACHE_MAX)
          throw invalid(`invalid role cache size, must be >= -1 and <= ${CACHE_MAX}`)
        tx.put(PATH, changed, codec)
      })
      return undefined
    },
  },
})

export async function configOf({ store }: EngineContext): Promise<CertConfig> {
  return (await store.get(PATH, codec)) ?? DEFAULT
}
