import { KEY_BYTES } from '../../crypto/aead.ts'
import { DecryptFailed } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import { breakGlassKey, openBreakGlass } from './break-glass.ts'
import type { KeyStorage } from './keys/key-storage.ts'
import type { SealParts } from './lifecycle.ts'
import { SEAL_PATHS } from './paths.ts'
import type { SealConfig } from './seal-config.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

/** The ways to the root key: a service, or the shares of operators. */

export type Unwrappers = Pick<SealParts, 'random' | 'wrapper' | 'formerWrapper'>

/** A root key that the caller zeroes. `isProven`: the shares themselves opened it; otherwise a service did, and they still have to be known. */
export interface Unwrapped {
  readonly rootKey: Buffer
  readonly isProven: boolean
}

/** What sealed the vault, if it is a service that this server is told of. */
export function serviceOf(config: SealConfig, { wrapper, formerWrapper }: Unwrappers): SealWrapper | undefined {
  return [wrapper, formerWrapper].find((candidate) => candidate?.type === config.type)
}

/** For operators whose shares make `key`. Throws DecryptFailed for the wrong ones. */
export async function unwrapForOperators(
  key: Buffer,
  config: SealConfig,
  storage: KeyStorage,
  parts: Unwrappers,
): Promise<Unwrapped> {
  if (config.type === 'shamir') {
    const wrapper = new ShamirWrapper(parts.random, key)
    return { rootKey: await unwrapWith(wrapper, storage), isProven: true }
  }
  if (config.breakGlass) {
    const sealed = await stored(storage, SEAL_PATHS.breakGlassRootKey)
    return { rootKey: checked(openBreakGlass(breakGlassKey(key), sealed)), isProven: true }
  }
  const service = serviceOf(config, parts)
  if (service === undefined) throw invalid(`the vault's seal is of type ${config.type}, which is not configured`)
  return { rootKey: await unwrapWith(service, storage), isProven: false }
}

export async function unwrapWith(wrapper: SealWrapper, storage: KeyStorage): Promise<Buffer> {
  return checked(await wrapper.unwrapRootKey(await storedRootKey(storage)))
}

export function storedRootKey(storage: KeyStorage): Promise<Uint8Array> {
  return stored(storage, SEAL_PATHS.rootKey)
}

async function stored(storage: KeyStorage, path: string): Promise<Uint8Array> {
  const entry = (await storage.get([path])).get(path)
  if (entry === undefined) throw new EgideError('internal', 'the storage holds no root key')
  return entry.value
}

/** A service may have given back anything. */
function checked(rootKey: Buffer): Buffer {
  if (rootKey.length === KEY_BYTES) return rootKey
  zeroize(rootKey)
  throw new DecryptFailed()
}
