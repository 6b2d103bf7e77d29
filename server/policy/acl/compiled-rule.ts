import type { Operation } from '../../../engines/engine.ts'
import type { Decision, DecisionReason } from '../decision.ts'
import { boundsParameters, CAN } from '../policy.ts'
import type { MergedRule } from './merged-rule.ts'

type Checked = Exclude<Operation, 'help'>

/** A merged rule with the answers it can give: each is made when it is first needed, and then shared. */
export class CompiledRule {
  readonly merged: MergedRule
  readonly boundsWrapping: boolean
  readonly boundsParameters: boolean
  /** As `sys/capabilities` shows them. */
  readonly capabilityNames: readonly string[]
  // Most rules of a set are never asked: they should weigh little.
  #granted: Map<Checked, Decision> | undefined
  #refused: Map<DecisionReason, Decision> | undefined

  constructor(merged: MergedRule) {
    this.merged = merged
    this.boundsWrapping = merged.minWrappingTtlSeconds > 0 || merged.maxWrappingTtlSeconds > 0
    this.boundsParameters = boundsParameters(merged)
    this.capabilityNames = capabilityNames(merged.capabilities)
  }

  granted(operation: Checked): Decision {
    let decision = this.#granted?.get(operation)
    if (decision === undefined) {
      decision = this.#decision(true, 'granted', operation)
      this.#granted ??= new Map()
      this.#granted.set(operation, decision)
    }
    return decision
  }

  grantedWithLimit(operation: Checked, listLimit: number): Decision {
    return { ...this.granted(operation), listLimit }
  }

  refused(reason: DecisionReason): Decision {
    let decision = this.#refused?.get(reason)
    if (decision === undefined) {
      decision = this.#decision(false, reason)
      this.#refused ??= new Map()
      this.#refused.set(reason, decision)
    }
    return decision
  }

  /** The capability that is needed is not there. */
  refusedCapability(): Decision {
    return this.refused(this.merged.capabilities === CAN.deny ? 'denied' : 'missing_capability')
  }

  #decision(allowed: boolean, reason: DecisionReason, operation?: Checked): Decision {
    const { path, capabilities, grants, listFilter } = this.merged
    const bit = operation === undefined ? 0 : CAN[operation]
    return {
      allowed,
      reason,
      sudo: (capabilities & CAN.sudo) !== 0,
      isRoot: false,
      rulePath: path,
      grantingPolicies: grants.filter((grant) => (grant.capabilities & bit) !== 0).map((grant) => grant.policy),
      listFilter: operation === 'list' || operation === 'scan' ? listFilter : undefined,
      listLimit: undefined,
    }
  }
}

export function compileRule(merged: MergedRule): CompiledRule {
  return new CompiledRule(merged)
}

/** By their bits: there are few. */
const NAMES = new Map<number, readonly string[]>()

/** Sorted names; ['deny'] when the rule denies or gives nothing. */
export function capabilityNames(bits: number): readonly string[] {
  let names = NAMES.get(bits)
  if (names === undefined) {
    names = namesOf(bits)
    NAMES.set(bits, names)
  }
  return names
}

function namesOf(bits: number): readonly string[] {
  if ((bits & CAN.deny) !== 0 || bits === 0) return ['deny']
  return Object.entries(CAN)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name)
    .sort()
}
