import type { Clock } from '../../engines/engine.ts'
import type { NodeFacts } from '../../engines/system/services/seal.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

/** What a node says of itself to the others. */
export type NodeDetails = Omit<NodeFacts, 'lastEchoMs'>

interface NodeRow extends NodeDetails {
  readonly echoMs: number
}

const codec = json<NodeRow>()
/** One row for each node that has the vault open. */
export const NODES = 'nodes/'
/** How often a node says that it is there. */
const ECHO_MS = 10_000
/** A node that said nothing for so long is gone. */
const GONE_MS = 45_000

export interface NodesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly nodeId: string
  readonly details: () => NodeDetails
}

/** The nodes that serve the vault, as each tells the others. It decides nothing: nodes meet in the data, not here. */
export class Nodes {
  readonly #options: NodesOptions
  #echoedMs: number | undefined

  constructor(options: NodesOptions) {
    this.#options = options
  }

  /** Says that this node is there, when it is time to. */
  async echo(): Promise<void> {
    const { store, clock, nodeId, details } = this.#options
    const nowMs = clock.now()
    if (this.#echoedMs !== undefined && Math.abs(nowMs - this.#echoedMs) < ECHO_MS) return
    await store.transaction(async (tx) => {
      tx.put(rowOf(nodeId), { ...details(), echoMs: nowMs }, codec, { expiresAtMs: nowMs + GONE_MS })
    })
    this.#echoedMs = nowMs
  }

  /** Says that this node is going. */
  async leave(): Promise<void> {
    if (this.#echoedMs === undefined) return
    await this.#options.store.transaction(async (tx) => tx.delete(rowOf(this.#options.nodeId)))
  }

  /** The others, as they last were. */
  async others(): Promise<readonly NodeFacts[]> {
    const { store, clock, nodeId } = this.#options
    const names = (await store.list(NODES)).filter((name) => NODES + name !== rowOf(nodeId))
    const rows = await Promise.all(names.map((name) => store.get(NODES + name, codec)))
    return rows.flatMap((row) => {
      if (row === undefined || clock.now() - row.echoMs > GONE_MS) return []
      const { echoMs, ...facts } = row
      return [{ ...facts, lastEchoMs: echoMs }]
    })
  }

  /** Forgets a node whose row is due. */
  forget(name: string): Promise<void> {
    const { store, clock } = this.#options
    return store.transaction(async (tx) => {
      const stored = await tx.entry(NODES + name, codec)
      if (stored?.expiresAtMs !== undefined && stored.expiresAtMs <= clock.now()) tx.delete(NODES + name)
    })
  }
}

const rowOf = (nodeId: string): string => NODES + encodeURIComponent(nodeId)
