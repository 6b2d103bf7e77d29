import type { EngineContext } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { matchesGlob } from '../../glob.ts'
import { isJsonObject, type JsonObject } from '../../json-object.ts'
import { keyArn } from '../arn.ts'
import { ACTIONS, type Action } from './actions.ts'
import { type Circumstances, type Condition, malformed, parsedConditions, shown, textsOf } from './policy-conditions.ts'
import { accountPrincipal, EVERYBODY, principalOf } from './principals.ts'

/** A key policy: AWS's JSON document, in the part that is decided here. Whatever else stands in one is refused. */
export interface KeyPolicy {
  readonly statements: readonly Statement[]
}

interface Statement {
  readonly effect: 'Allow' | 'Deny'
  readonly principals: readonly string[]
  readonly actions: ReadonlySet<Action>
  readonly conditions: readonly Condition[]
}

type Place = Pick<EngineContext, 'namespace' | 'mount'>

export const POLICY_BYTES_MAX = 32 * 1024
const STATEMENTS_MAX = 100
const VERSIONS: ReadonlySet<unknown> = new Set([undefined, '2012-10-17', '2008-10-17'])
const MEMBERS: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'])

/** What a key has that was given no other: whoever the namespace's policies let in may do all. */
export function defaultPolicy(place: Place): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: "Let the namespace's policies decide",
        Effect: 'Allow',
        Principal: { AWS: accountPrincipal(place) },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
}

/** Throws MalformedPolicy, which says where. */
export function parsedPolicy(place: Place, keyId: string, text: string): KeyPolicy {
  const document = parsedJson(text)
  for (const name of Object.keys(document)) {
    if (name !== 'Version' && name !== 'Id' && name !== 'Statement') throw malformed(`${shown(name)} is not known`)
  }
  if (!VERSIONS.has(document.Version)) throw malformed('Version must be 2012-10-17')
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  if (statements.length === 0 || statements.length > STATEMENTS_MAX) {
    throw malformed(`it has 1 to ${STATEMENTS_MAX} statements`)
  }
  return { statements: statements.map((statement) => parsedStatement(place, keyId, statement)) }
}

function parsedJson(text: string): JsonObject {
  if (Buffer.byteLength(text) > POLICY_BYTES_MAX) throw malformed(`it is longer than ${POLICY_BYTES_MAX} bytes`)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw malformed('it is no JSON')
  }
  if (!isJsonObject(document)) throw malformed('it is no JSON object')
  return document
}

function parsedStatement(place: Place, keyId: string, raw: unknown): Statement {
  if (!isJsonObject(raw)) throw malformed('a statement is an object')
  for (const name of Object.keys(raw)) if (!MEMBERS.has(name)) throw malformed(`${shown(name)} is not known`)
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') throw malformed('Effect is Allow or Deny')
  const resources = textsOf(raw.Resource, 'Resource')
  if (!resources.every((resource) => resource === '*' || resource === keyArn(place, keyId))) {
    throw malformed('Resource is *, which is this key, or its ARN')
  }
  return {
    effect: raw.Effect,
    principals: parsedPrincipals(place, raw.Principal),
    actions: new Set(textsOf(raw.Action, 'Action').flatMap(parsedAction)),
    conditions: parsedConditions(raw.Condition),
  }
}

function parsedPrincipals(place: Place, raw: unknown): readonly string[] {
  if (raw === EVERYBODY) return [EVERYBODY]
  if (!isJsonObject(raw) || Object.keys(raw).length !== 1) throw malformed('Principal is * or {"AWS": …}')
  return textsOf(raw.AWS, 'AWS').map((text) => {
    try {
      return principalOf(place, text)
    } catch (error) {
      throw error instanceof EgideError ? malformed(error.message) : error
    }
  })
}

function parsedAction(pattern: string): readonly Action[] {
  const found = ACTIONS.filter((action) => matchesGlob(pattern, `kms:${action}`))
  if (pattern !== '*' && !pattern.startsWith('kms:')) throw malformed(`the action ${shown(pattern)} is none of KMS`)
  if (found.length === 0 && pattern !== '*') throw malformed(`the action ${shown(pattern)} is not known`)
  return pattern === '*' ? ACTIONS : found
}

/** What the policy says. `silent`: no statement speaks of it, and only a grant can allow it. */
export function decisionOf(
  policy: KeyPolicy,
  principals: ReadonlySet<string>,
  action: Action,
  circumstances: Circumstances,
): 'allowed' | 'denied' | 'silent' {
  let decision: 'allowed' | 'silent' = 'silent'
  for (const { effect, principals: named, actions, conditions } of policy.statements) {
    if (!actions.has(action) || !named.some((principal) => principals.has(principal))) continue
    if (!conditions.every((holds) => holds(circumstances))) continue
    if (effect === 'Deny') return 'denied'
    decision = 'allowed'
  }
  return decision
}
