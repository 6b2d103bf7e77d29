import { createHash } from 'node:crypto'
import { json } from '../../../storage/codec.ts'
import type { Page, Tx } from '../../../storage/store.ts'
import { type EncryptionContext, encodedContext, isEmpty } from '../cryptography/encryption-context.ts'
import { refused } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import type { KeyUsage } from '../keys/key-specs.ts'
import { loadKey, neededKey } from '../keys/key-store.ts'
import { permittedKey, refuseDryRun, refuseStates } from '../usable-key.ts'
import { GRANT_OPERATIONS, type GrantOperation } from './actions.ts'
import { authorize, type Call, isAsStrict, refuseDenied } from './authorization.ts'
import { type Grant, type GrantConstraints, grantsOf, type NamedGrant, saveGrants } from './grant-store.ts'
import { isNamedPrincipal, principalOf, principalsOf } from './principals.ts'

/** Permissions that are given to somebody for one key, beside its policy, and taken back one by one. */

export interface CreateGrantRequest {
  readonly key: string
  readonly grantee: string
  /** Who may retire it. */
  readonly retiring?: string | undefined
  readonly operations: readonly string[]
  /** Of symmetric keys alone. */
  readonly constraints?: GrantConstraints | undefined
  /** Asking again with the same name, and all else the same, gives the same grant. */
  readonly name?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface KeyGrant {
  readonly keyId: string
  readonly grant: Grant
}

const GRANT_ID_BYTES = 32
const NAME = /^[A-Za-z0-9:/_-]{1,256}$/

export function createGrant(call: Call, request: CreateGrantRequest): Promise<KeyGrant> {
  const { context } = call
  const grantee = namedPrincipal(call, request.grantee, 'grantee_principal')
  const retiring =
    request.retiring === undefined ? undefined : namedPrincipal(call, request.retiring, 'retiring_principal')
  if (request.name !== undefined && !NAME.test(request.name)) {
    throw refused('Validation', 'the name of a grant has 1 to 256 letters, digits, ":", "/", "_" and "-"')
  }
  const id = context.random.bytes(GRANT_ID_BYTES).toString('hex')
  return context.store.transaction(async (tx) => {
    const key = await neededKey(tx, request.key, context)
    const use = { action: 'CreateGrant', grantTokens: request.grantTokens } as const
    const permission = await authorize(call, tx, key, use)
    refuseStates(call, key, ['Enabled'])
    const { name } = request
    const operations = checkedOperations(key, request.operations)
    const constraints = checkedConstraints(key, request.constraints)
    const issuer = issuerOf(call)
    const grant = { id, name, grantee, retiring, operations, constraints, createdMs: context.clock.now(), issuer }
    if (permission !== 'policy' && !permission.some((parent) => covers(parent, grant))) {
      throw refused('AccessDenied', 'the grant would give more than the grant that lets the caller make it')
    }
    const grants = await grantsOf(tx, key.id)
    const same = name === undefined ? undefined : grants.find((known) => isSame(known, grant))
    if (same !== undefined && call.isDryRun !== true) return { keyId: key.id, grant: same }
    refuseDryRun(call)
    saveGrants(tx, key.id, [...grants, grant])
    if (retiring !== undefined) tx.put(retiringRow(retiring, key.id, id), {}, markCodec)
    return { keyId: key.id, grant }
  })
}

function namedPrincipal({ context }: Call, text: string, what: string): string {
  const principal = principalOf(context, text)
  if (isNamedPrincipal(context, principal)) return principal
  throw refused('InvalidArn', `${what} must be an entity or a policy`)
}

const issuerOf = ({ caller }: Call): string => caller?.entityId || caller?.displayName || ''

const EVERY_KEY: readonly GrantOperation[] = ['CreateGrant', 'RetireGrant', 'DescribeKey']
const OF_USAGE: Readonly<Record<KeyUsage, readonly GrantOperation[]>> = {
  ENCRYPT_DECRYPT: ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'],
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
}
const OF_SYMMETRIC: readonly GrantOperation[] = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]

/** What can be done with keys like this one. */
function operationsOf({ spec, usage }: Key): readonly GrantOperation[] {
  const own = [...EVERY_KEY, ...OF_USAGE[usage]]
  if (spec === 'SYMMETRIC_DEFAULT') return [...own, ...OF_SYMMETRIC]
  return usage === 'GENERATE_VERIFY_MAC' ? own : [...own, 'GetPublicKey']
}

function checkedOperations(key: Key, asked: readonly string[]): readonly GrantOperation[] {
  const possible = operationsOf(key)
  const known = GRANT_OPERATIONS.filter((operation) => asked.includes(operation) && possible.includes(operation))
  if (known.length === 0 || known.length !== new Set(asked).size) {
    throw refused('Validation', `operations of a ${key.spec} key for ${key.usage} are ${possible.join(', ')}`)
  }
  return known
}

function checkedConstraints(key: Key, constraints: GrantConstraints | undefined): GrantConstraints | undefined {
  if (constraints === undefined) return undefined
  if (key.spec !== 'SYMMETRIC_DEFAULT') throw refused('Validation', 'only grants of symmetric keys have constraints')
  const given = [constraints.equals, constraints.subset].filter((context) => context !== undefined)
  if (given.length === 0 || given.some(isEmpty)) throw refused('Validation', 'a constraint names at least one pair')
  for (const context of given) encodedContext(context)
  return constraints
}

function covers(parent: Grant, child: Grant): boolean {
  return (
    child.operations.every((operation) => parent.operations.includes(operation)) &&
    isAsStrict(child.constraints, parent.constraints)
  )
}

function isSame(a: Grant, b: Grant): boolean {
  return (
    a.name === b.name &&
    a.grantee === b.grantee &&
    a.retiring === b.retiring &&
    a.operations.join() === b.operations.join() &&
    isAsStrict(a.constraints, b.constraints) &&
    isAsStrict(b.constraints, a.constraints)
  )
}

/** The oldest first. */
export async function listGrants(
  call: Call,
  reference: string,
  only: { readonly grantId?: string | undefined; readonly grantee?: string | undefined } = {},
): Promise<{ readonly keyId: string; readonly grants: readonly Grant[] }> {
  const { context } = call
  const key = await permittedKey(call, context.store, reference, { action: 'ListGrants' })
  const grantee = only.grantee === undefined ? undefined : principalOf(context, only.grantee)
  const grants = (await grantsOf(context.store, key.id)).filter(
    (grant) =>
      (only.grantId === undefined || grant.id === only.grantId) && (grantee === undefined || grant.grantee === grantee),
  )
  return { keyId: key.id, grants }
}

/** Throws NotFound, AccessDenied. */
export function revokeGrant(call: Call, reference: string, grantId: string): Promise<void> {
  return call.context.store.transaction(async (tx) => {
    const key = await permittedKey(call, tx, reference, { action: 'RevokeGrant' })
    await removeGrant(call, tx, { keyId: key.id, grantId })
  })
}

/**
 * For the grant's retiring principal, and for its grantee where RetireGrant is among the operations: the grant itself
 * decides, and a key policy can deny it. Throws NotFound, AccessDenied.
 */
export function retireGrant(call: Call, named: NamedGrant): Promise<void> {
  const { context, caller } = call
  return context.store.transaction(async (tx) => {
    const key = await loadKey(tx, named.keyId)
    const grant = (await grantsOf(tx, named.keyId)).find(({ id }) => id === named.grantId)
    if (key === undefined || grant === undefined) throw refused('NotFound', 'no such grant')
    refuseDenied(call, key, { action: 'RetireGrant' })
    const principals = principalsOf(context, caller)
    const isGrantee = principals.has(grant.grantee) && grant.operations.includes('RetireGrant')
    if (!isGrantee && !(grant.retiring !== undefined && principals.has(grant.retiring))) {
      throw refused('AccessDenied', 'the caller is not the one who may retire the grant')
    }
    await removeGrant(call, tx, named)
  })
}

async function removeGrant(call: Call, tx: Tx, { keyId, grantId }: NamedGrant): Promise<void> {
  const grants = await grantsOf(tx, keyId)
  const grant = grants.find(({ id }) => id === grantId)
  if (grant === undefined) throw refused('NotFound', 'no such grant')
  refuseDryRun(call)
  saveGrants(
    tx,
    keyId,
    grants.filter(({ id }) => id !== grantId),
  )
  if (grant.retiring !== undefined) tx.delete(retiringRow(grant.retiring, keyId, grantId))
}

/** Prefix of one row for each grant that has a retiring principal, below that principal's hash. */
const RETIRING = 'retiring/'
const markCodec = json<Record<string, never>>()

const retiringRows = (principal: string): string =>
  `${RETIRING}${createHash('sha256').update(principal).digest('hex')}/`
const retiringRow = (principal: string, keyId: string, grantId: string): string =>
  `${retiringRows(principal)}${keyId}.${grantId}`

export interface RetirableGrants {
  readonly grants: readonly KeyGrant[]
  /** What to go on after; undefined: that was all. */
  readonly next: string | undefined
}

/** Grants that the principal may retire. */
export async function listRetirableGrants(call: Call, principal: string, page: Page): Promise<RetirableGrants> {
  const { context } = call
  const { store } = context
  const rows = await store.list(retiringRows(principalOf(context, principal)), page)
  const grants: KeyGrant[] = []
  for (const row of rows) {
    const [keyId = '', grantId] = row.split('.')
    const grant = (await grantsOf(store, keyId)).find(({ id }) => id === grantId)
    if (grant !== undefined) grants.push({ keyId, grant })
  }
  return { grants, next: page.limit !== undefined && rows.length === page.limit ? rows.at(-1) : undefined }
}

/** Of a key that goes. */
export async function dropGrants(tx: Tx, keyId: string): Promise<void> {
  for (const { id, retiring } of await grantsOf(tx, keyId)) {
    if (retiring !== undefined) tx.delete(retiringRow(retiring, keyId, id))
  }
  saveGrants(tx, keyId, [])
}

/** What a caller sends as constraints; undefined: none. */
export function constraintsOf(
  equals: EncryptionContext | undefined,
  subset: EncryptionContext | undefined,
): GrantConstraints | undefined {
  if (equals === undefined && subset === undefined) return undefined
  return { ...(equals !== undefined && { equals }), ...(subset !== undefined && { subset }) }
}
