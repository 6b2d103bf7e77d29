import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examine } from '../../server/backup/read-snapshot.ts'
import { type Served, serve } from '../grpc/serve.ts'
import { clientsOf } from './clients.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-sdk-snapshot-'))
let served: Served
let clients: ReturnType<typeof clientsOf>
beforeAll(async () => {
  served = await serve()
  clients = clientsOf(served)
})
afterAll(async () => {
  for (const client of Object.values(clients)) client.close()
  await served.stop()
  rmSync(folder, { recursive: true })
})

test.for(['REST', 'gRPC'] as const)('a snapshot comes whole over %s, and a check ends', async (way) => {
  const vault = clients[way]
  const pieces: Uint8Array[] = []
  for await (const { data } of vault.sys.snapshot()) pieces.push(data.content)
  const file = path.join(folder, way)
  writeFileSync(file, Buffer.concat(pieces))
  const { meta, totals } = await examine(file)
  expect(totals.entries).toBeGreaterThan(0)
  expect((await vault.sys.readSnapshotKey()).data.cluster_id).toBe(meta.clusterId)
  const lines: string[] = []
  for await (const { data } of vault.sys.checkStorage({ entries_per_second: 0 })) {
    lines.push(...Buffer.from(data.content).toString().trim().split('\n'))
  }
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ done: true, damaged: 0 })
})
