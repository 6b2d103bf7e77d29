import type { KeyObject } from 'node:crypto'
import { EncodingError } from '../../../crypto/errors.ts'
import { deriveKey } from '../../../crypto/kdf.ts'
import type { Keyring } from '../../../crypto/keyring.ts'
import type { RandomBytes } from '../../../crypto/random.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { Revision } from '../../../storage/backend.ts'
import type { HandedSealing } from '../handed-keys.ts'
import { namespaceSealPath, SEAL_DOMAINS } from '../paths.ts'
import { decodeQuorum, type Quorum } from '../seal-config.ts'

/** How shares seal the keys of a namespace. One that no share has to do with has none of this. */
export interface NamespaceSealing {
  /** The nearest namespace above with shares of its own, whose keys seal those of this one. Null: there is none. */
  readonly under: string | null
  /** Of its own shares. Null: it has none. */
  readonly quorum: Quorum | null
}

/** That of a namespace whose keys are held. */
export interface HeldSealing {
  readonly under: string | null
  /** What its own shares make; held for as long as it is unsealed, so that its keys can rotate. */
  readonly own: KeyObject | null
  /** The order to seal it that stood when it was unsealed: with another revision, somebody has sealed it since. */
  readonly order: Revision
}

/** Of the keys that are held, what has to do with namespaces. */
interface HeldKeys {
  readonly keyring: Keyring
  readonly namespaces: ReadonlyMap<string, Keyring>
  readonly sealings: ReadonlyMap<string, HeldSealing>
}

export const namespaceSealed = (): EgideError => new EgideError('sealed', 'namespace is sealed')

/** The key that seals, of the one that the shares combine to. */
export const sealingKeyOf = (combined: Buffer): KeyObject => deriveKey(combined, 'egide/namespace-unseal-key')

export function sealSealing(keyring: Keyring, id: string, sealing: NamespaceSealing, random: RandomBytes): Buffer {
  const bytes = Buffer.from(JSON.stringify({ under: sealing.under, quorum: sealing.quorum }))
  return keyring.encrypt(SEAL_DOMAINS.settings, namespaceSealPath(id), bytes, random)
}

/** Throws DecryptFailed or EncodingError. */
export function openSealing(keyring: Keyring, id: string, sealed: Uint8Array): NamespaceSealing {
  const { under, quorum } = JSON.parse(
    keyring.decrypt(SEAL_DOMAINS.settings, namespaceSealPath(id), sealed).toString(),
  ) as Readonly<Record<string, unknown>>
  if (under !== null && typeof under !== 'string') throw new EncodingError('not what seals a namespace')
  return { under, quorum: quorum === null ? null : decodeQuorum(quorum) }
}

/** Of those that their own shares opened, or of `only` one. The caller zeroes the keys. */
export function handedSealings(sealings: ReadonlyMap<string, HeldSealing>, only?: string): HandedSealing[] {
  const asked = [...sealings].filter(([id]) => only === undefined || id === only)
  return asked.flatMap(([id, { own, order }]) => (own === null ? [] : [{ id, key: own.export(), order }]))
}

/** What the keys of a namespace are sealed by from without. Throws `sealed` when those of the one above are not held. */
export function outerOf(held: Pick<HeldKeys, 'keyring' | 'namespaces'>, under: string | null | undefined): Keyring {
  if (under === null || under === undefined) return held.keyring
  const keys = held.namespaces.get(under)
  if (keys === undefined) throw namespaceSealed()
  return keys
}

/** What is held without one namespace and all that its keys seal, near or far. */
export function withoutSealed(
  { namespaces, sealings }: Pick<HeldKeys, 'namespaces' | 'sealings'>,
  id: string,
): Pick<HeldKeys, 'namespaces' | 'sealings'> {
  const gone = new Set([id])
  // Each was held before those that it seals.
  for (const [below, { under }] of sealings) if (under !== null && gone.has(under)) gone.add(below)
  const isLeft = ([one]: readonly [string, unknown]) => !gone.has(one)
  return { namespaces: new Map([...namespaces].filter(isLeft)), sealings: new Map([...sealings].filter(isLeft)) }
}
