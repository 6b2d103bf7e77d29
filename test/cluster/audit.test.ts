import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { egide } from '../harness/program.ts'
import { Cluster } from './cluster.ts'

const run = promisify(execFile)

describe.skipIf(noPostgres !== undefined)('the audit logs of nodes on one database', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await Cluster.start(2)
    await cluster.nodes[0]?.call('PUT', 'sys/audit/file', { body: { type: 'file', options: { file_path: 'a.log' } } })
  })
  afterAll(() => cluster.remove())

  test('are verified each by itself, with evidence that any node gives', async () => {
    for (const node of cluster.nodes) {
      for (let n = 0; n < 20; n++) await node.call('PUT', 'secret/data/a', { body: { data: { n } } })
    }
    for (const node of cluster.nodes) {
      const evidence = path.join(node.dataDir, 'evidence.json')
      for (const giving of cluster.nodes) {
        // So that what storage knows of this node's stream is newest.
        await node.call('GET', 'sys/audit-evidence/file')
        writeFileSync(evidence, (await giving.call('GET', 'sys/audit-evidence/file')).text)
        const file = path.join(node.dataDir, 'audit', 'a.log')
        const { stdout } = await run(egide.command, ['audit', 'verify', `-evidence=${evidence}`, file])
        expect(stdout).toMatch(/\b[4-9]\d records|\b1\d\d records/)
      }
    }
  })
})
