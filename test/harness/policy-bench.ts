import { policyRoutes } from '../../engines/system/policies/index.ts'
import type { MountEntry, MountService } from '../../engines/system/services/mounts.ts'
import type { PolicyServices } from '../../engines/system/services/policies.ts'
import { PasswordPolicyStore } from '../../server/policy/passwords/password-policy-store.ts'
import { PolicyStore } from '../../server/policy/policy-store.ts'
import { callerWith, memoryStore, RowBench, TestClock, TestRandom } from './rows.ts'

/** The policy rows over real policy stores, with a table of mounts and two tokens of this test's own. */

const CONFIG: MountEntry['config'] = {
  defaultLeaseTtlSeconds: 0,
  maxLeaseTtlSeconds: 3600,
  auditClearRequest: [],
  auditClearResponse: [],
  listingVisibility: '',
  passthroughRequestHeaders: [],
  allowedResponseHeaders: [],
  tokenType: 'default-service',
}
function mountAt(path: string, more: Partial<MountEntry> = {}): MountEntry {
  return {
    uuid: `uuid of ${path}`,
    accessor: `accessor of ${path}`,
    kind: path.startsWith('auth/') ? 'auth' : 'secret',
    path,
    type: 'kv',
    description: '',
    options: {},
    config: CONFIG,
    local: false,
    sealWrap: false,
    externalEntropyAccess: false,
    leaving: false,
    ...more,
  }
}
const MOUNTS = [
  mountAt('secret/', { options: { version: '2' } }),
  mountAt('kv/'),
  mountAt('public/', { config: { ...CONFIG, listingVisibility: 'unauth' } }),
  mountAt('old/', { leaving: true }),
  mountAt('auth/token/', { type: 'token' }),
]
const mounts = {
  all: async () => MOUNTS,
  holding: async (path: string) => MOUNTS.find((entry) => path.startsWith(entry.path)),
} as unknown as MountService

const TOKENS: Readonly<Record<string, readonly string[]>> = { 's.team': ['default', 'team'], 's.root': ['root'] }
const holderOf = (token: string) => {
  const policies = TOKENS[token]
  return policies && { policies }
}
const subjects = {
  tokenPolicies: async (token: string) => holderOf(token),
  accessorPolicies: async (accessor: string) => holderOf(`s.${accessor}`),
}

export interface PolicyBench {
  readonly bench: RowBench<PolicyServices>
  readonly clock: TestClock
}

/** A new namespace: its initial policies and nothing else. */
export async function policyBench(): Promise<PolicyBench> {
  const store = memoryStore()
  const random = new TestRandom()
  const clock = new TestClock()
  const policies = new PolicyStore({ store, namespace: { id: 'root', path: '' }, clock, random })
  await policies.addInitial()
  const passwordPolicies = new PasswordPolicyStore({ store, random })
  const services = {
    policies,
    passwordPolicies,
    policySubjects: subjects,
    // Asked of whole namespaces only.
    access: {
      who: async () => ({ holders: [], next: '' }),
      accessTo: async () => 'token' as const,
      keptPaths: async () => [],
    },
    mounts,
    namespaces: { list: async () => [], mountBelow: async () => ({ entry: undefined, namespacePath: '' }) },
  }
  return { bench: new RowBench<PolicyServices>(policyRoutes, { services, store, clock, random }), clock }
}

export const TEAM = `path "secret/data/team/*" { capabilities = ["create", "read", "update"] }
path "secret/data/team/locked" { capabilities = ["deny"] }
path "secret/data/+/shared" { capabilities = ["list"] }`
export const writeTeam = ({ bench }: PolicyBench) => bench.call('update', 'policies/acl/team', { policy: TEAM })
export const team = callerWith(['default', 'team'])
