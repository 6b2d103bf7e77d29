import { readFileSync } from 'node:fs'
import path from 'node:path'
import { TestingServer, type TestingServerOptions } from '../../storage/postgres/testing-server.ts'
import { egide } from '../harness/program.ts'
import { type Server, startServer } from '../harness/server.ts'

export interface ClusterOptions {
  /** Leaves the vault uninitialised. */
  readonly isNew?: boolean
  /** More of each node's configuration. */
  readonly config?: string
  readonly database?: TestingServerOptions
  /** Where nodes connect to; the database itself unless said otherwise. */
  readonly connectionUrl?: (database: TestingServer) => Promise<string>
}

/** Egide servers, each a process of its own, on one PostgreSQL. */
export class Cluster {
  readonly database: TestingServer
  readonly nodes: readonly Server[]

  private constructor(database: TestingServer, nodes: readonly Server[]) {
    this.database = database
    this.nodes = nodes
  }

  /** Initialised by the first and unsealed on all, unless it is to be new. */
  static async start(count: number, options: ClusterOptions = {}): Promise<Cluster> {
    const database = await TestingServer.start(options.database)
    const url = (await options.connectionUrl?.(database)) ?? database.url
    const nodes: Server[] = []
    const cluster = new Cluster(database, nodes)
    try {
      for (let at = 0; at < count; at++) {
        const block = 'storage "postgresql" {\n  max_parallel = 4\n}'
        const env = { EGIDE_PG_CONNECTION_URL: url }
        nodes.push(await startServer({ program: egide, storage: { block }, env, config: options.config ?? '' }))
      }
      if (options.isNew !== true) {
        await nodes[0]?.init(1, 1)
        for (const node of nodes.slice(1)) node.adopt(nodes[0] as Server)
        await cluster.unseal()
      }
      return cluster
    } catch (error) {
      await cluster.remove()
      throw error
    }
  }

  /** Unseals every node that is sealed. */
  async unseal(): Promise<void> {
    for (const node of this.nodes) await node.unseal()
  }

  /** After new shares were made. */
  useKeys(keys: readonly string[]): void {
    for (const node of this.nodes) node.useKeys(keys)
  }

  /** What a node wrote to a file of an audit device. */
  auditOf(node: Server, name: string): string {
    return readFileSync(path.join(node.dataDir, 'audit', name), 'utf8')
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()))
    await this.database.stop()
  }
}
