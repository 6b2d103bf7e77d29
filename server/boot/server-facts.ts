import type { NodeFacts, ServerFacts } from '../../engines/system/services/seal.ts'
import type { ClusterIdentity } from '../core/cluster-identity.ts'
import type { Nodes } from '../core/nodes.ts'

/** What of the facts stays the same while the process runs. */
export interface FixedFacts {
  readonly version: string
  readonly storageType: string
  readonly hostname: string
  readonly clusterAddress: string
  readonly haEnabled: boolean
}

/** What this process says about itself, sealed or not. */
export class ProcessFacts implements ServerFacts {
  readonly version: string
  readonly buildDate = ''
  readonly storageType: string
  readonly hostname: string
  readonly clusterAddress: string
  readonly haEnabled: boolean
  apiAddress = ''
  activeSinceMs = 0
  isAuditFailing = false
  #cluster: ClusterIdentity | undefined
  #nodes: Nodes | undefined

  constructor(fixed: FixedFacts) {
    this.version = fixed.version
    this.storageType = fixed.storageType
    this.hostname = fixed.hostname
    this.clusterAddress = fixed.clusterAddress
    this.haEnabled = fixed.haEnabled
  }

  get clusterName(): string {
    return this.#cluster?.clusterName ?? ''
  }

  get clusterId(): string {
    return this.#cluster?.clusterId ?? ''
  }

  async otherNodes(): Promise<readonly NodeFacts[]> {
    return (await this.#nodes?.others()) ?? []
  }

  opened(cluster: ClusterIdentity, nodes: Nodes | undefined, nowMs: number): void {
    this.#cluster = cluster
    this.#nodes = nodes
    this.activeSinceMs = nowMs
  }

  closed(): void {
    this.#cluster = undefined
    this.#nodes = undefined
    this.activeSinceMs = 0
  }
}
