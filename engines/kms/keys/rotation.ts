import type { Random } from '../../engine.ts'
import type { Call } from '../access/authorization.ts'
import { refused } from '../errors.ts'
import { permittedKey, refuseStates } from '../usable-key.ts'
import { DAY_MS, type Key, type KeyVersion } from './key.ts'
import { specOf } from './key-specs.ts'
import { changeKey } from './lifecycle.ts'

/**
 * New bytes for a key, by hand or by time. New ciphertexts are made with them; older ones name their version and keep
 * opening. Only symmetric keys that the server made are rotated: for all others a new key takes over the alias.
 */

export const PERIOD_DAYS = { min: 90, max: 2560, usual: 365 } as const
/** Versions of a key, which are read and written together. */
export const VERSIONS_MAX = 1000

/** Throws UnsupportedOperation. */
function refuseUnrotatable({ id, spec, origin }: Key): void {
  if (spec !== 'SYMMETRIC_DEFAULT') throw refused('UnsupportedOperation', `a ${spec} key is not rotated`)
  if (origin === 'EXTERNAL')
    throw refused('UnsupportedOperation', `key ${id} has brought material, which is not rotated`)
}

export function rotateKeyOnDemand(call: Call, reference: string): Promise<Key> {
  const { clock, random } = call.context
  return changeKey(call, reference, 'RotateKeyOnDemand', ['Enabled'], (key) => {
    refuseUnrotatable(key)
    if (key.versions.length >= VERSIONS_MAX) {
      throw refused('LimitExceeded', `a key has at most ${VERSIONS_MAX} versions`)
    }
    return rotated(key, 'ON_DEMAND', clock.now(), random)
  })
}

function rotated(key: Key, rotation: KeyVersion['rotation'], nowMs: number, random: Random): Key {
  const { material } = specOf(key)
  if (material.kind !== 'aead' || rotation === undefined) throw new Error('only symmetric keys are rotated')
  const secret = random.bytes(material.algorithm.keyBytes.usual)
  const version = { number: key.versions.length + 1, createdMs: nowMs, rotation, secret }
  return { ...key, versions: [...key.versions, version] }
}

/** The key after the rotation that was due. One that has all the versions it may have is rotated no more. */
export function rotatedWhenDue(key: Key, nowMs: number, random: Random): Key {
  const { rotation } = key
  if (rotation === undefined || !key.enabled || rotation.nextMs > nowMs) return key
  const next = { ...key, rotation: { ...rotation, nextMs: nowMs + rotation.periodDays * DAY_MS } }
  return key.versions.length >= VERSIONS_MAX ? next : rotated(next, 'AUTOMATIC', nowMs, random)
}

export function enableKeyRotation(call: Call, reference: string, periodDays: number): Promise<Key> {
  if (!Number.isInteger(periodDays) || periodDays < PERIOD_DAYS.min || periodDays > PERIOD_DAYS.max) {
    throw refused('Validation', `rotation_period_in_days must be ${PERIOD_DAYS.min} to ${PERIOD_DAYS.max}`)
  }
  const nextMs = call.context.clock.now() + periodDays * DAY_MS
  return changeKey(call, reference, 'EnableKeyRotation', ['Enabled'], (key) => {
    refuseUnrotatable(key)
    return { ...key, rotation: { periodDays, nextMs } }
  })
}

export function disableKeyRotation(call: Call, reference: string): Promise<Key> {
  return changeKey(call, reference, 'DisableKeyRotation', ['Enabled'], ({ rotation: _, ...key }) => {
    refuseUnrotatable(key)
    return key
  })
}

/** The key, whose `rotation` says it. */
export async function getKeyRotationStatus(call: Call, reference: string): Promise<Key> {
  const key = await permittedKey(call, call.context.store, reference, { action: 'GetKeyRotationStatus' })
  refuseStates(call, key, ['Enabled', 'Disabled', 'PendingDeletion'])
  return key
}

/** The versions that came about by rotation, the oldest first. */
export async function listKeyRotations(
  call: Call,
  reference: string,
): Promise<{ readonly key: Key; readonly rotations: readonly KeyVersion[] }> {
  const key = await permittedKey(call, call.context.store, reference, { action: 'ListKeyRotations' })
  return { key, rotations: key.versions.filter(({ rotation }) => rotation !== undefined) }
}
