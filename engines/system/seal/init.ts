import Type from 'typebox'
import { type EngineContext, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { SealServices } from '../services/seal.ts'
import { bare } from './bare.ts'
import { pgpKeyField, pgpKeysField, refusePgp } from './pgp.ts'
import { shareList, writtenShares } from './share.ts'

type Context = EngineContext<SealServices>

/** https://developer.hashicorp.com/vault/api-docs/system/init */
export const init = route('init', {
  summary: 'Whether the vault is initialised; initialise it',
  description: 'Makes the keys of a new vault, and hands out their shares and the first root token, once.',
  whileSealed: true,
  access: 'none',
  fields: {
    secret_shares: field.int({ default: 0, description: 'How many shares to split the unseal key into, up to 255.' }),
    secret_threshold: field.int({ default: 0, description: 'How many of them unseal.' }),
    recovery_shares: field.int({ default: 0, description: 'With auto-unseal: shares of the recovery key; 0: none.' }),
    recovery_threshold: field.int({ default: 0, description: 'With auto-unseal: how many authorise operators.' }),
    stored_shares: field.int({ default: 0, description: 'Not supported: a request that has it is refused.' }),
    pgp_keys: pgpKeysField,
    recovery_pgp_keys: pgpKeysField,
    root_token_pgp_key: pgpKeyField,
  },
  auditClear: ['secret_shares', 'secret_threshold', 'recovery_shares', 'recovery_threshold', 'initialized'],
  operations: {
    read: {
      summary: 'Whether the vault is initialised',
      returns: Type.Object({ initialized: Type.Boolean() }),
      handler: async (_request, { services }: Context) =>
        bare({ initialized: (await services.seal.status()).initialized }),
    },
    update: {
      summary: 'Initialise the vault',
      returns: Type.Object({
        ...shareList,
        recovery_keys: Type.Optional(Type.Array(Type.String())),
        recovery_keys_base64: Type.Optional(Type.Array(Type.String())),
        root_token: Type.String({ description: 'A token that may do everything. Revoke it when policies are set up.' }),
      }),
      handler: async ({ fields }, { services }: Context) => {
        const { pgp_keys, recovery_pgp_keys, root_token_pgp_key } = fields
        refusePgp({ pgp_keys, recovery_pgp_keys, root_token_pgp_key })
        if (fields.stored_shares !== 0) throw invalid('stored_shares is not supported')
        const result = await services.seal.initialise({
          secretShares: fields.secret_shares,
          secretThreshold: fields.secret_threshold,
          recoveryShares: fields.recovery_shares,
          recoveryThreshold: fields.recovery_threshold,
        })
        const shares = writtenShares(result.shares)
        const recovery = writtenShares(result.recoveryShares)
        return bare({
          keys: shares.hex,
          keys_base64: shares.base64,
          ...(recovery.hex.length > 0 && { recovery_keys: recovery.hex, recovery_keys_base64: recovery.base64 }),
          root_token: result.rootToken,
        })
      },
    },
  },
})
