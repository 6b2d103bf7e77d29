import Type from 'typebox'
import type { Store } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { pageFields } from '../../listing.ts'
import type { Means } from '../entities.ts'
import {
  ALGORITHMS,
  type Algorithm,
  keyCodec,
  type NamedKey,
  oidcRows,
  type PublicJwk,
  type Retired,
  roleCodec,
} from './documents.ts'
import { clientsIn, namesWith } from './provider/stored.ts'
import { newKeyPair } from './signing.ts'

/** `identity/oidc/key`: the named keys that sign identity tokens. https://openbao.org/api-docs/secret/identity/tokens/ */

/** It is there without having been made. */
const DEFAULT = 'default'
const DAY_SECONDS = 86_400
const ROTATION_LEAST_SECONDS = 60

const name = field.name({ required: true, description: 'Name of the key.' })
const fields = {
  name,
  rotation_period: field.duration({
    description: 'How often the key is replaced; a day unless said. At least a minute.',
  }),
  verification_ttl: field.duration({
    description: 'How long a public key is published after it is replaced; a day unless said. At most ten periods.',
  }),
  algorithm: field.text({ description: 'How it signs; RS256 unless said.', schema: Type.Enum([...ALGORITHMS]) }),
  allowed_client_ids: field.list({ description: "Client ids of roles that may use it; '*': all." }),
}
type KeyRequest = EngineRequest<typeof fields>

const KeyReply = Type.Object({
  rotation_period: Type.Integer({ description: 'Seconds.' }),
  verification_ttl: Type.Integer({ description: 'Seconds.' }),
  algorithm: Type.String(),
  allowed_client_ids: Type.Array(Type.String()),
})

const auditClear = ['rotation_period', 'verification_ttl', 'algorithm', 'allowed_client_ids', 'keys']

export const oidcKey = route('oidc/key/:name', {
  summary: 'A key that signs identity tokens',
  fields,
  auditClear,
  returns: KeyReply,
  exists: async ({ fields }, { store }) => (await store.get(oidcRows.key(fields.name), keyCodec)) !== undefined,
  operations: { read, create: put, update: put, delete: remove },
})

export const oidcKeys = route('oidc/key', {
  summary: 'Names of the keys that sign identity tokens',
  fields: pageFields,
  auditClear,
  operations: {
    list: async ({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> => ({
      data: { keys: await namesWith(store, oidcRows.keys, DEFAULT, fields) },
    }),
  },
})

const rotateFields = {
  name,
  verification_ttl: field.duration({
    description: 'How long the replaced key is still published; absent: as its key says.',
  }),
}

export const rotateOidcKey = route('oidc/key/:name/rotate', {
  summary: 'Replace a key that signs identity tokens',
  fields: rotateFields,
  auditClear,
  operations: {
    update: async ({ fields }: EngineRequest<typeof rotateFields>, context: EngineContext): Promise<undefined> => {
      if ((fields.verification_ttl ?? 0) < 0) throw invalid("'verification_ttl' cannot be negative")
      const isThere = await rotated(fields.name, context.store, context, { keptSeconds: fields.verification_ttl })
      if (!isThere) throw invalid(`no named key found at "${fields.name}"`)
    },
  },
})

/** The key; `default` is made when it is first asked for. */
export async function namedKey(name: string, store: Store, means: Means): Promise<NamedKey | undefined> {
  const found = await store.get(oidcRows.key(name), keyCodec)
  if (found !== undefined || name !== DEFAULT) return found
  const fresh = await newKey('RS256', means)
  return store.transaction(async (tx) => {
    const there = await tx.get(oidcRows.key(name), keyCodec)
    if (there !== undefined) return there
    tx.put(oidcRows.key(name), fresh, keyCodec)
    return fresh
  })
}

async function newKey(algorithm: Algorithm, { clock, random }: Means): Promise<NamedKey> {
  const [signing, next] = await Promise.all([newKeyPair(algorithm, random), newKeyPair(algorithm, random)])
  return {
    algorithm,
    rotationSeconds: DAY_SECONDS,
    verificationSeconds: DAY_SECONDS,
    allowedClientIds: ['*'],
    signing,
    next,
    retired: [],
    rotateAtMs: clock.now() + DAY_SECONDS * 1000,
  }
}

async function put(request: KeyRequest, context: EngineContext): Promise<undefined> {
  const { fields } = request
  const { store, clock } = context
  const asked = algorithmOf(fields.algorithm)
  const path = oidcRows.key(fields.name)
  const found = await store.get(path, keyCodec)
  const algorithm = asked ?? found?.algorithm ?? 'RS256'
  // Pairs are costly: they are made where they sign for something, and outside the transaction, which may run again.
  const fresh = found?.algorithm === algorithm ? undefined : await newKey(algorithm, context)
  const isPut = await store.transaction(async (tx) => {
    const before = await tx.get(path, keyCodec)
    const base = baseOf(before, fresh, clock.now())
    if (base === undefined || before?.algorithm !== found?.algorithm) return false
    const rotationSeconds = fields.rotation_period ?? base.rotationSeconds
    const changed: NamedKey = {
      ...base,
      algorithm,
      rotationSeconds,
      verificationSeconds: fields.verification_ttl ?? base.verificationSeconds,
      allowedClientIds: fields.allowed_client_ids ?? base.allowedClientIds,
      rotateAtMs: Math.min(before?.rotateAtMs ?? Number.POSITIVE_INFINITY, clock.now() + rotationSeconds * 1000),
    }
    check(changed)
    for (const [role, { key, ttlSeconds }] of await rolesIn(tx)) {
      if (key === fields.name && ttlSeconds > changed.verificationSeconds)
        throw invalid(`unable to update key: tokens of the role "${role}" live longer than its verification_ttl`)
    }
    for (const { name: user, client } of await clientsIn(tx)) {
      if (client.key === fields.name && client.idTokenSeconds > changed.verificationSeconds)
        throw invalid(`unable to update key: ID tokens of the client "${user}" live longer than its verification_ttl`)
    }
    tx.put(path, changed, keyCodec)
    return true
  })
  // Somebody else made it, deleted it or gave it another algorithm meanwhile.
  if (!isPut) await put(request, context)
}

/** In the words of peers: provisioning tools look for them. */
function algorithmOf(text: string | undefined): Algorithm | undefined {
  const found = ALGORITHMS.find((algorithm) => algorithm === text)
  if (found === undefined && text !== undefined) throw invalid(`unknown signing algorithm ${JSON.stringify(text)}`)
  return found
}

function check({ rotationSeconds, verificationSeconds }: NamedKey): void {
  if (rotationSeconds < ROTATION_LEAST_SECONDS) throw invalid('rotation_period must be at least one minute')
  if (verificationSeconds < 0) throw invalid("'verification_ttl' cannot be negative")
  if (verificationSeconds > 10 * rotationSeconds)
    throw invalid('verification_ttl cannot be longer than 10x rotation_period')
}

/** A key before its settings change; `fresh` has new pairs where it needs them. */
function baseOf(before: NamedKey | undefined, fresh: NamedKey | undefined, nowMs: number): NamedKey | undefined {
  if (fresh === undefined) return before
  return before === undefined ? { ...fresh, allowedClientIds: [] } : replaced(before, fresh, nowMs)
}

/** Tokens that are signed already can still be verified. */
function replaced(before: NamedKey, fresh: NamedKey, nowMs: number): NamedKey {
  const expiresAtMs = nowMs + before.verificationSeconds * 1000
  return {
    ...before,
    signing: fresh.signing,
    next: fresh.next,
    retired: stillVerifying([...before.retired, { publicKey: before.signing.publicKey, expiresAtMs }], nowMs),
  }
}

function stillVerifying(retired: readonly Retired[], nowMs: number): readonly Retired[] {
  return retired.filter(({ expiresAtMs }) => expiresAtMs > nowMs)
}

interface RotationOptions {
  /** Absent: as the key says. */
  readonly keptSeconds?: number | undefined
  /** Only if its time has come. */
  readonly isDue?: boolean
}

/** Whether there is such a key. */
async function rotated(name: string, store: Store, means: Means, options: RotationOptions): Promise<boolean> {
  const path = oidcRows.key(name)
  const found = await store.get(path, keyCodec)
  if (found === undefined) return false
  const fresh = await newKeyPair(found.algorithm, means.random)
  const nowMs = means.clock.now()
  await store.transaction(async (tx) => {
    const key = await tx.get(path, keyCodec)
    if (key === undefined || key.algorithm !== found.algorithm) return
    if (options.isDue === true && key.rotateAtMs > nowMs) return
    const expiresAtMs = nowMs + (options.keptSeconds ?? key.verificationSeconds) * 1000
    const retired = [...key.retired, { publicKey: key.signing.publicKey, expiresAtMs }]
    const next: NamedKey = {
      ...key,
      signing: key.next,
      next: fresh,
      retired: stillVerifying(retired, nowMs),
      rotateAtMs: nowMs + key.rotationSeconds * 1000,
    }
    tx.put(path, next, keyCodec)
  })
  return true
}

/** Replaces the keys whose time has come. One that can't be signs on, holds up no other, and is tried again. */
export async function rotateDueKeys(context: EngineContext): Promise<void> {
  const { store, clock, log } = context
  for (const name of await store.list(oidcRows.keys)) {
    try {
      const key = await store.get(oidcRows.key(name), keyCodec)
      if (key !== undefined && key.rotateAtMs <= clock.now()) await rotated(name, store, context, { isDue: true })
    } catch (error) {
      log.warn({ key: name, err: error }, 'a key of identity tokens cannot be rotated; it is tried again later')
    }
  }
}

/** What a token of this key is verified with now. */
export function publicKeysOf(key: NamedKey, nowMs: number): readonly PublicJwk[] {
  const retired = stillVerifying(key.retired, nowMs)
  return [key.signing.publicKey, key.next.publicKey, ...retired.map(({ publicKey }) => publicKey)]
}

export async function allKeys(store: Store): Promise<readonly NamedKey[]> {
  const keys = await Promise.all(
    (await store.list(oidcRows.keys)).map((name) => store.get(oidcRows.key(name), keyCodec)),
  )
  return keys.filter((key) => key !== undefined)
}

async function read({ fields }: KeyRequest, context: EngineContext): Promise<Reply> {
  const key = await namedKey(fields.name, context.store, context)
  if (key === undefined) throw notFound()
  return {
    data: {
      rotation_period: key.rotationSeconds,
      verification_ttl: key.verificationSeconds,
      algorithm: key.algorithm,
      allowed_client_ids: key.allowedClientIds,
    },
  }
}

async function remove({ fields }: KeyRequest, { store }: EngineContext): Promise<undefined> {
  if (fields.name === DEFAULT) throw invalid(`deletion of key "${DEFAULT}" not allowed`)
  await store.transaction(async (tx) => {
    const users = (await rolesIn(tx)).filter(([, { key }]) => key === fields.name).map(([role]) => role)
    if (users.length > 0)
      throw invalid(
        `unable to delete key "${fields.name}" because it is currently referenced by these roles: ${users.join(', ')}`,
      )
    const clients = (await clientsIn(tx)).filter(({ client }) => client.key === fields.name).map((one) => one.name)
    if (clients.length > 0)
      throw invalid(
        `unable to delete key "${fields.name}" because it is currently referenced by these clients: ${clients.join(', ')}`,
      )
    tx.delete(oidcRows.key(fields.name))
  })
}

async function rolesIn(tx: Pick<Store, 'get' | 'list'>) {
  const names = await tx.list(oidcRows.roles)
  const roles = await Promise.all(
    names.map(async (role) => [role, await tx.get(oidcRows.role(role), roleCodec)] as const),
  )
  return roles.flatMap(([role, found]) => (found === undefined ? [] : [[role, found] as const]))
}
