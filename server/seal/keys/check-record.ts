import { isDeepStrictEqual } from 'node:util'
import { DecryptFailed, EncodingError } from '../../../crypto/errors.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { Entry } from '../../../storage/backend.ts'
import { checkStoredKeys, type NamespaceKeysParts } from '../namespaces/terms.ts'
import { SEAL_DOMAINS, SEAL_PATHS } from '../paths.ts'
import { decodeSealConfig } from '../seal-config.ts'
import { openKeyring, openRotationConfig, openUsage } from './key-records.ts'
import type { LoadedKeys } from './load-keys.ts'

const OF_NAMESPACE = /^core\/ns\/([^/]+)\/(?:keys|seal)$/
const DAMAGED = 'it does not decrypt'
const OTHER = 'it is not the one in use'

/**
 * Why an entry of the seal does not open with the keys that are held, or is another than what they were loaded from; undefined:
 * it does, or nobody here holds what seals it: shares, a service, a root key that was replaced. Of a namespace, what lies in
 * storage now is looked at.
 */
export async function problemOfRecord(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  { path, value }: Pick<Entry, 'path' | 'value'>,
): Promise<string | undefined> {
  try {
    const namespaceId = OF_NAMESPACE.exec(path)?.[1]
    if (namespaceId === undefined) return problemOfOwn(held, path, value)
    await checkStoredKeys(parts, held, namespaceId)
    return undefined
  } catch (error) {
    if (error instanceof EgideError) return error.code === 'internal' ? DAMAGED : undefined
    if (error instanceof DecryptFailed || error instanceof EncodingError) return DAMAGED
    throw error
  }
}

function problemOfOwn(held: LoadedKeys, path: string, value: Uint8Array): string | undefined {
  const { rootKey, keyring } = held
  switch (path) {
    case SEAL_PATHS.config:
      return isDeepStrictEqual(decodeSealConfig(value), held.config) ? undefined : OTHER
    case SEAL_PATHS.keyring:
      return openKeyring(rootKey, value).active.number === keyring.active.number ? undefined : OTHER
    case SEAL_PATHS.rotationConfig:
      openRotationConfig(keyring, value)
      return undefined
    case SEAL_PATHS.usage:
      openUsage(keyring, value)
      return undefined
    case SEAL_PATHS.recoveryKey:
    case SEAL_PATHS.breakGlassKey:
      keyring.decrypt(SEAL_DOMAINS.settings, path, value).fill(0)
      return undefined
    default:
      return undefined
  }
}
