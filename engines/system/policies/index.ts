import type { Route } from '../../engine.ts'
import type { PolicyServices } from '../services/policies.ts'
import { aclPolicies, aclPolicy, detailedBelow, detailedPolicies } from './acl.ts'
import { capabilities, capabilitiesAccessor, capabilitiesSelf } from './capabilities.ts'
import { explain, explainSelf } from './explain.ts'
import { policies, policy } from './legacy.ts'
import { generatedPassword, passwordPolicies, passwordPolicy } from './password.ts'
import { resultantAcl, uiMount, uiMounts, uiNamespaces } from './ui.ts'
import { who } from './who.ts'

/** Rows of `sys/` about policies, and what tokens may do by them. */
export const policyRoutes: readonly Route<PolicyServices>[] = [
  aclPolicies,
  aclPolicy,
  detailedPolicies,
  detailedBelow,
  policies,
  policy,
  passwordPolicies,
  passwordPolicy,
  generatedPassword,
  capabilities,
  capabilitiesSelf,
  capabilitiesAccessor,
  explain,
  explainSelf,
  who,
  uiMounts,
  uiMount,
  uiNamespaces,
  resultantAcl,
]
