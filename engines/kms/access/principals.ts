import type { Caller, EngineContext } from '../../engine.ts'
import { accountOf } from '../arn.ts'
import { refused } from '../errors.ts'

/**
 * Who key policies and grants speak of. There are four, in AWS's form: everybody (`*`); the account (`arn:aws:iam::ACCOUNT:root`,
 * or its number), which is whoever the namespace's policies let in; an entity (`…:entity/ID`); and who has a policy
 * (`…:policy/NAME`). `entity:ID` and `policy:NAME` are short for the last two.
 */

type Place = Pick<EngineContext, 'namespace' | 'mount'>

export const EVERYBODY = '*'

const iam = (place: Place): string => `arn:aws:iam::${accountOf(place).accountId}:`

/** The account itself. */
export const accountPrincipal = (place: Place): string => `${iam(place)}root`

const NAMED = /^(entity|policy)[:/](.{1,512})$/s

/** The principal in its one form. Throws InvalidArn. */
export function principalOf(place: Place, text: string): string {
  const own = iam(place)
  if (text === EVERYBODY) return text
  if (text === accountOf(place).accountId || text === `${own}root`) return accountPrincipal(place)
  const [, kind, name] = NAMED.exec(text.startsWith(own) ? text.slice(own.length) : text) ?? []
  if (kind === undefined || name === undefined) {
    throw refused('InvalidArn', `a principal is *, ${own}root, ${own}entity/ID or ${own}policy/NAME`)
  }
  return `${own}${kind}/${name}`
}

/** Whether it names one entity or policy, not everybody or the account as a whole. */
export function isNamedPrincipal(place: Place, principal: string): boolean {
  return principal !== EVERYBODY && principal !== accountPrincipal(place)
}

/** All that the caller is. A token of a namespace above is no holder of this one's policies, whatever they are called. */
export function principalsOf(place: Place, caller: Caller | undefined): ReadonlySet<string> {
  const own = iam(place)
  const found = new Set([EVERYBODY, `${own}root`])
  if (caller === undefined) return found
  if (caller.entityId !== '') found.add(`${own}entity/${caller.entityId}`)
  if (caller.from === undefined) {
    for (const policy of [...caller.policies, ...caller.identityPolicies]) found.add(`${own}policy/${policy}`)
  }
  return found
}
