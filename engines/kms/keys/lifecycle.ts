import type { Page, Tx } from '../../../storage/store.ts'
import type { Action } from '../access/actions.ts'
import { authorize, type Call } from '../access/authorization.ts'
import { parsedPolicy } from '../access/key-policy.ts'
import { kindOf, refused } from '../errors.ts'
import { permittedKey, refuseStates } from '../usable-key.ts'
import { DAY_MS, type Key, type KeyState, type Tag } from './key.ts'
import { askedSpec, askedUsage, type KeySpec, type KeyUsage } from './key-specs.ts'
import { KEYS, saveKey } from './key-store.ts'
import { type Material, newMaterial } from './material.ts'
import { checkedTags } from './tags.ts'

/** How keys come, change and go. */

export interface CreateKeyRequest {
  readonly spec: string
  /** Undefined: the only one that the spec has. */
  readonly usage?: string | undefined
  readonly description: string
  readonly origin: Key['origin']
  readonly exportable: boolean
  readonly tags: readonly Tag[]
  /** Absent: the default one. */
  readonly policy?: string | undefined
  /** Whether the policy may lock the caller out. */
  readonly bypassPolicyLockout?: boolean | undefined
}

const DESCRIPTION_MAX = 8192

/** What is asked for, looked at; and the bytes, where they are made here. Not within a transaction. */
export interface PreparedKey {
  readonly id: string
  readonly spec: KeySpec
  readonly usage: KeyUsage
  readonly request: CreateKeyRequest
  readonly material: Material | undefined
}

/** Throws Validation, Tag, MalformedPolicy, Busy. */
export async function prepareKey({ context }: Call, request: CreateKeyRequest): Promise<PreparedKey> {
  const spec = askedSpec(request.spec)
  const usage = askedUsage(spec, request.usage)
  checkDescription(request.description)
  checkedTags(request.tags)
  const id = context.random.uuid()
  if (request.policy !== undefined) parsedPolicy(context, id, request.policy)
  const material = request.origin === 'EXTERNAL' ? undefined : await newMaterial(spec, context.random)
  return { id, spec, usage, request, material }
}

/** Writes a prepared key. Throws MalformedPolicy where its policy locks the caller out. */
export async function putNewKey(call: Call, tx: Tx, prepared: PreparedKey): Promise<Key> {
  const { id, spec, usage, request, material } = prepared
  const createdMs = call.context.clock.now()
  const key: Key = {
    id,
    spec: spec.name,
    usage,
    description: request.description,
    createdMs,
    enabled: true,
    origin: request.origin,
    exportable: request.exportable,
    versions: material === undefined ? [] : [{ number: 1, createdMs, ...material }],
    tags: request.tags,
    ...(request.policy !== undefined && { policy: request.policy }),
  }
  if (request.bypassPolicyLockout !== true) await refuseLockout(call, tx, key)
  saveKey(tx, key, undefined)
  return key
}

export async function createKey(call: Call, request: CreateKeyRequest): Promise<Key> {
  const prepared = await prepareKey(call, request)
  return call.context.store.transaction((tx) => putNewKey(call, tx, prepared))
}

/** Who writes a policy must be able to write another. */
export async function refuseLockout(call: Call, tx: Tx, key: Key): Promise<void> {
  try {
    await authorize(call, tx, key, { action: 'PutKeyPolicy' })
  } catch (error) {
    if (kindOf(error) !== 'AccessDenied') throw error
    throw refused('MalformedPolicy', 'the key policy would not let the caller change it again')
  }
}

function checkDescription(description: string): void {
  if (description.length > DESCRIPTION_MAX) {
    throw refused('Validation', `description has at most ${DESCRIPTION_MAX} characters`)
  }
}

/** The key ids in their order. */
export function listKeys({ context }: Call, page: Page): Promise<string[]> {
  return context.store.list(KEYS, page)
}

export function describeKey(call: Call, reference: string, grantTokens?: readonly string[]): Promise<Key> {
  return permittedKey(call, call.context.store, reference, { action: 'DescribeKey', grantTokens })
}

/** Changes a key in one transaction. `change` may throw, and run again. */
export function changeKey(
  call: Call,
  reference: string,
  action: Action,
  states: readonly KeyState[],
  change: (key: Key) => Key,
): Promise<Key> {
  return call.context.store.transaction(async (tx) => {
    const before = await permittedKey(call, tx, reference, { action })
    refuseStates(call, before, states)
    const after = change(before)
    if (after !== before) saveKey(tx, after, before)
    return after
  })
}

export function enableKey(call: Call, reference: string): Promise<Key> {
  return changeKey(call, reference, 'EnableKey', ['Enabled', 'Disabled'], (key) => ({ ...key, enabled: true }))
}

export function disableKey(call: Call, reference: string): Promise<Key> {
  return changeKey(call, reference, 'DisableKey', ['Enabled', 'Disabled'], (key) => ({ ...key, enabled: false }))
}

export function updateDescription(call: Call, reference: string, description: string): Promise<Key> {
  checkDescription(description)
  return changeKey(call, reference, 'UpdateKeyDescription', NOT_LEAVING, (key) => ({ ...key, description }))
}

/** Every state but that of waiting for deletion. */
export const NOT_LEAVING: readonly KeyState[] = ['Enabled', 'Disabled', 'PendingImport']

export const WINDOW_DAYS = { min: 7, max: 30, usual: 30 } as const

/** After the waiting period the key is gone for good, and with it whatever it encrypted. */
export function scheduleKeyDeletion(call: Call, reference: string, windowDays: number): Promise<Key> {
  if (!Number.isInteger(windowDays) || windowDays < WINDOW_DAYS.min || windowDays > WINDOW_DAYS.max) {
    throw refused('Validation', `pending_window_in_days must be ${WINDOW_DAYS.min} to ${WINDOW_DAYS.max}`)
  }
  const atMs = call.context.clock.now() + windowDays * DAY_MS
  return changeKey(call, reference, 'ScheduleKeyDeletion', NOT_LEAVING, (key) => ({
    ...key,
    deletion: { atMs, windowDays },
  }))
}

/** The key is there again, disabled, as AWS leaves it; or without its material as before. Throws InvalidState. */
export function cancelKeyDeletion(call: Call, reference: string): Promise<Key> {
  return changeKey(call, reference, 'CancelKeyDeletion', ['PendingDeletion'], ({ deletion, ...key }) => {
    if (deletion !== undefined && deletion.atMs <= call.context.clock.now()) {
      throw refused('InvalidState', `the waiting period of key ${key.id} is over`)
    }
    return { ...key, enabled: false }
  })
}

/** The public key of a pair, as SubjectPublicKeyInfo. */
export async function getPublicKey(
  call: Call,
  reference: string,
  grantTokens?: readonly string[],
): Promise<{ readonly key: Key; readonly publicKey: Buffer }> {
  const key = await permittedKey(call, call.context.store, reference, { action: 'GetPublicKey', grantTokens })
  refuseStates(call, key, ['Enabled'])
  const publicKey = key.versions.at(-1)?.publicKey
  if (publicKey === undefined) throw refused('UnsupportedOperation', `a ${key.spec} key has no public key`)
  return { key, publicKey }
}

/** The bytes of a key that was made exportable, by version; raw of symmetric keys, PKCS #8 of pairs. Secret. */
export async function exportKey(call: Call, reference: string): Promise<Key> {
  const key = await permittedKey(call, call.context.store, reference, { action: 'ExportKey' })
  if (!key.exportable) throw refused('UnsupportedOperation', `key ${key.id} is not exportable`)
  refuseStates(call, key, ['Enabled'])
  if (key.versions.some(({ secret }) => secret.length === 0)) {
    throw refused('UnsupportedOperation', `of key ${key.id} only the public key is known`)
  }
  return key
}
