import type { ServerFacts } from '../../engines/system/services/seal.ts'
import type { ClusterIdentity } from '../core/cluster-identity.ts'

/** What of the facts stays the same while the process runs. */
export interface FixedFacts {
  readonly version: string
  readonly storageType: string
  readonly hostname: string
  readonly clusterAddress: string
}

/** What this process says about itself, sealed or not. */
export class ProcessFacts implements ServerFacts {
  readonly version: string
  readonly buildDate = ''
  readonly storageType: string
  readonly hostname: string
  readonly clusterAddress: string
  readonly haEnabled = false
  apiAddress = ''
  activeSinceMs = 0
  #cluster: ClusterIdentity | undefined

  constructor(fixed: FixedFacts) {
    this.version = fixed.version
    this.storageType = fixed.storageType
    this.hostname = fixed.hostname
    this.clusterAddress = fixed.clusterAddress
  }

  get clusterName(): string {
    return this.#cluster?.clusterName ?? ''
  }

  get clusterId(): string {
    return this.#cluster?.clusterId ?? ''
  }

  opened(cluster: ClusterIdentity, nowMs: number): void {
    this.#cluster = cluster
    this.activeSinceMs = nowMs
  }

  closed(): void {
    this.#cluster = undefined
    this.activeSinceMs = 0
  }
}
