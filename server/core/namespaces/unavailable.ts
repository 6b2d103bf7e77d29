import { EgideError } from '../../../engines/errors.ts'
import type { UnsealedKeys } from '../../seal/lifecycle.ts'
import { namespaceSealed } from '../../seal/namespaces/sealing.ts'
import type { Chain } from './directory.ts'
import type { NamespaceRecord } from './record.ts'

/** Why a namespace is unavailable: it, or one above it, is locked or sealed. */

/** Undefined: none of the chain is locked, or `path` is the one that unlocks from within. */
export function lockedBy(chain: Chain, path: string): EgideError | undefined {
  const locked = chain.find(({ lock }) => lock !== '')
  if (locked === undefined || path === 'sys/namespaces/api-lock/unlock') return undefined
  const message = `API access to this namespace has been locked by an administrator - "${locked.path}" must be unlocked to gain access.`
  return new EgideError('unavailable', message)
}

type Sealing = Pick<UnsealedKeys, 'isUnsealed'>

/** Whether its own shares are wanted here. */
export function isSealed(keys: Sealing, { id, hasSeal }: NamespaceRecord): boolean {
  return hasSeal === true && !keys.isUnsealed(id)
}

/** In OpenBao's words, which say nothing of who above it is the one that is sealed. */
export function sealedBy(keys: Sealing, chain: Chain): EgideError | undefined {
  return chain.some((record) => isSealed(keys, record)) ? namespaceSealed() : undefined
}
