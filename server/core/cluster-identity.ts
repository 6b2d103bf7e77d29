import type { Random } from '../../engines/engine.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

/** What names this vault, for as long as it exists. */
export interface ClusterIdentity {
  readonly clusterName: string
  readonly clusterId: string
  /** Names the one process that has an embedded store open, in the audit log. Nodes that share a store have names of their own. */
  readonly nodeId: string
}

const codec = json<ClusterIdentity>()
const PATH = 'cluster'

/** Read, or made when the vault is new. `name` is the operator's, if there is one. */
export function clusterIdentity(store: Store, random: Random, name: string | undefined): Promise<ClusterIdentity> {
  return store.transaction(async (tx) => {
    const known = await tx.get(PATH, codec)
    if (known !== undefined && (name === undefined || name === known.clusterName)) return known
    const identity: ClusterIdentity = {
      clusterName: name ?? `egide-cluster-${random.bytes(4).toString('hex')}`,
      clusterId: known?.clusterId ?? random.uuid(),
      nodeId: known?.nodeId ?? random.uuid(),
    }
    tx.put(PATH, identity, codec)
    return identity
  })
}
