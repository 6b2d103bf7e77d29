import { invalid } from '../../engines/errors.ts'
import { migrated } from './keys/key-changes.ts'
import type { VaultKeys } from './keys/vault-keys.ts'
import { configuredType, type SealParts } from './lifecycle.ts'
import { authorityOf, SERVICE_QUORUM, type SealConfig } from './seal-config.ts'
import { serviceOf, type Unwrappers } from './unwrapping.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'

/** Throws EgideError `invalid_request` unless shares can open the vault on a server of the configured seal, moving it there if `migrate` says so. */
export function checkUnsealable(config: SealConfig, migrate: boolean, parts: Unwrappers): void {
  const type = configuredType(parts)
  const isMigration = config.type !== type
  if (isMigration && config.type !== 'shamir' && !config.breakGlass && serviceOf(config, parts) === undefined)
    throw invalid(`the vault's seal is of type ${config.type}, this server is configured for ${type}`)
  if (migrate && !isMigration) throw invalid("can't perform a seal migration, no migration seal found")
  if (!migrate && isMigration)
    throw invalid(
      "'migrate' parameter must be set true in JSON body when in seal migration mode (egide operator unseal -migrate)",
    )
  if (authorityOf(config).threshold > 0) return
  throw invalid('there are no recovery keys to unseal with; restart the server to unseal it')
}

/** Moves a vault that was sealed as `from` says to the seal that this server is configured for. `key` is what shares make. */
export async function moveToSeal(
  { wrapper, random, breakGlass = false, log }: Pick<SealParts, 'wrapper' | 'random' | 'breakGlass' | 'log'>,
  keys: VaultKeys,
  key: Buffer,
  from: SealConfig,
): Promise<void> {
  const to = wrapper ?? new ShamirWrapper(random, key)
  const shares = authorityOf(from)
  const config: SealConfig = to.storedKeys
    ? { type: to.type, quorum: SERVICE_QUORUM, recovery: shares, breakGlass }
    : { type: to.type, quorum: shares, recovery: null, breakGlass: false }
  await keys.change(migrated(random, (rootKey) => to.wrapRootKey(rootKey), key, config))
  log.info({ from: from.type, to: to.type }, 'moved the vault to another seal')
}
