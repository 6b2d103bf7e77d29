import type { SealStatus } from '../../engines/system/services/seal.ts'
import { authorityOf, NO_QUORUM, type SealConfig } from './seal-config.ts'

/** What a process knows of its seal beside what storage says. */
type Known = Pick<SealStatus, 'sealed' | 'progress' | 'nonce'> & {
  /** Of the seal that this server is configured for. */
  readonly configuredType: string
  readonly recoverySupported: boolean
}

/** Of the vault with that configuration; undefined before it is initialised. */
export function sealStatus(config: SealConfig | undefined, known: Known): SealStatus {
  const { sealed, progress, nonce, configuredType, recoverySupported } = known
  const { threshold, shares } = config === undefined ? NO_QUORUM : authorityOf(config)
  return {
    type: config?.type ?? configuredType,
    initialized: config !== undefined,
    sealed,
    threshold,
    shares,
    progress,
    nonce,
    recoverySeal: config === undefined ? recoverySupported : config.recovery !== null,
    breakGlass: config?.breakGlass ?? false,
    migration: config !== undefined && config.type !== configuredType,
  }
}
