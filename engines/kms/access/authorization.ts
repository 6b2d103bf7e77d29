import type { Reader } from '../../../storage/store.ts'
import type { Caller, EngineContext } from '../../engine.ts'
import { type EncryptionContext, isEmpty } from '../cryptography/encryption-context.ts'
import { refused } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import type { Action } from './actions.ts'
import { type Grant, type GrantConstraints, grantsOf, parsedGrantToken } from './grant-store.ts'
import { decisionOf, type KeyPolicy, parsedPolicy } from './key-policy.ts'
import type { Circumstances } from './policy-conditions.ts'
import { principalsOf } from './principals.ts'

/**
 * Who may do what with a key. The caller's policies have let the request through to here; the key's own policy can
 * restrict them, and where that is silent a grant can allow. A `Deny` of the key policy outranks both.
 */

/** On whose behalf something is done, and where. */
export interface Call {
  readonly context: EngineContext
  readonly caller: Caller | undefined
  /** Whether the caller only wants to know if it would succeed. */
  readonly isDryRun?: boolean | undefined
}

export interface Use extends Circumstances {
  readonly action: Action
  readonly grantTokens?: readonly string[] | undefined
}

const GRANT_TOKENS_MAX = 10

/** What let the caller through: the key policy, or one or more grants. */
type Permission = 'policy' | readonly Grant[]

/** Throws AccessDenied, InvalidGrantToken. */
export async function authorize(call: Call, reader: Reader, key: Key, use: Use): Promise<Permission> {
  if (use.grantTokens !== undefined) await checkGrantTokens(reader, use.grantTokens)
  if (isKeptOpen(call, use)) return 'policy'
  const decision = policyDecision(call, key, use)
  if (decision === 'allowed') return 'policy'
  if (decision === 'silent') {
    const principals = principalsOf(call.context, call.caller)
    const grants = await grantsOf(reader, key.id)
    const giving = grants.filter((grant) => principals.has(grant.grantee) && gives(grant, use))
    if (giving.length > 0) return giving
  }
  throw notAllowed(key, use)
}

/** For what needs nobody's permission, unless the key policy denies it. Throws AccessDenied. */
export function refuseDenied(call: Call, key: Key, use: Use): void {
  if (policyDecision(call, key, use) === 'denied') throw notAllowed(key, use)
}

function policyDecision({ context, caller }: Call, key: Key, use: Use): ReturnType<typeof decisionOf> {
  if (key.policy === undefined) return 'allowed'
  return decisionOf(compiled(context, key, key.policy), principalsOf(context, caller), use.action, use)
}

const notAllowed = (key: Key, { action }: Use) =>
  refused('AccessDenied', `the policy and grants of key ${key.id} do not let the caller do kms:${action}`)

/** A root token can always mend a policy that locks everybody out. */
function isKeptOpen({ caller }: Call, { action }: Use): boolean {
  return caller?.isRoot === true && (action === 'GetKeyPolicy' || action === 'PutKeyPolicy')
}

/** Documents are never changed, so what was made of one holds as long as it does. */
const policies = new WeakMap<Key, KeyPolicy>()

function compiled(context: EngineContext, key: Key, text: string): KeyPolicy {
  const known = policies.get(key) ?? parsedPolicy(context, key.id, text)
  policies.set(key, known)
  return known
}

/**
 * Grants hold from the moment they are made, so tokens are never needed; one that names no grant is refused nevertheless,
 * as AWS does.
 */
async function checkGrantTokens(reader: Reader, tokens: readonly string[]): Promise<void> {
  if (tokens.length > GRANT_TOKENS_MAX)
    throw refused('Validation', `there are at most ${GRANT_TOKENS_MAX} grant tokens`)
  for (const token of tokens) {
    const { keyId, grantId } = parsedGrantToken(token)
    const grants = await grantsOf(reader, keyId)
    if (!grants.some(({ id }) => id === grantId)) throw refused('InvalidGrantToken', 'the grant is not there any more')
  }
}

function gives({ operations, constraints }: Grant, { action, encryptionContext }: Use): boolean {
  if (!(operations as readonly Action[]).includes(action)) return false
  return constraints === undefined || !isConstrained(action) || isWithin(constraints, encryptionContext ?? {})
}

/** AWS's list: what takes an encryption context. */
const CONSTRAINED: ReadonlySet<Action> = new Set<Action>([
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
])
const isConstrained = (action: Action): boolean => CONSTRAINED.has(action)

/** Whether the encryption context is one that the constraints allow. */
function isWithin({ equals, subset }: GrantConstraints, context: EncryptionContext): boolean {
  if (equals !== undefined && !(holdsAll(context, equals) && holdsAll(equals, context))) return false
  return subset === undefined || (!isEmpty(subset) && holdsAll(context, subset))
}

function holdsAll(context: EncryptionContext, pairs: EncryptionContext): boolean {
  return Object.entries(pairs).every(([name, value]) => Object.hasOwn(context, name) && context[name] === value)
}

/** Whether what one allows the other does as well. */
export function isAsStrict(child: GrantConstraints | undefined, parent: GrantConstraints | undefined): boolean {
  if (parent === undefined) return true
  if (parent.equals !== undefined) return child?.equals !== undefined && isWithin(parent, child.equals)
  const least = child?.equals ?? child?.subset
  return least !== undefined && isWithin(parent, least)
}
