import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { examine } from '../../server/backup/read-snapshot.ts'
import { serveClients } from './clients.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-sdk-snapshot-'))
const { served, clients, stop } = await serveClients()
afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true })
})

/** The first piece, and no more until the server has taken the request up. */
async function* begun(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const before = served.audit().length
  yield* pieces.slice(0, 1)
  await vi.waitFor(() => expect(served.audit().length).toBeGreaterThan(before), { timeout: 60_000 })
}

async function* failing(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* begun(pieces)
  throw new Error('the disk is gone')
}

async function* stoppedBy(controller: AbortController, pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* begun(pieces)
  controller.abort(new Error('enough'))
  yield* pieces.slice(1)
}

test.for(['REST', 'gRPC'] as const)('a snapshot comes whole over %s and goes back, and a check ends', async (way) => {
  const vault = clients[way]
  const pieces: Uint8Array[] = []
  for await (const { data } of vault.sys.snapshot()) pieces.push(data.content)
  const file = path.join(folder, way)
  writeFileSync(file, Buffer.concat(pieces))
  const { meta, totals } = await examine(file)
  expect(totals.entries).toBeGreaterThan(0)
  expect((await vault.sys.readSnapshotKey()).data.cluster_id).toBe(meta.clusterId)
  await vault.policy.writeAclPolicy({ name: way, policy: 'path "a" { capabilities = ["read"] }' })
  /** One that broke off may not have ended at the server yet, which restores one at a time. */
  const refused = () =>
    expect
      .poll(() => vault.sys.restoreSnapshot([Buffer.from('no snapshot')]).catch((error) => error))
      .toMatchObject({ status: 400 })
  await refused()
  await expect(vault.sys.restoreSnapshot(failing(pieces))).rejects.toThrow('the disk is gone')
  await refused()
  await expect(vault.with({ token: 'none' }).sys.restoreSnapshot(pieces)).rejects.toMatchObject({ status: 403 })
  const stopped = new AbortController()
  const aborted = vault.sys.restoreSnapshot(stoppedBy(stopped, pieces), { signal: stopped.signal })
  await expect(aborted).rejects.toThrow('enough')
  expect((await vault.policy.readAclPolicy(way)).data).toBeDefined()
  await refused()
  await vault.sys.restoreSnapshot(createReadStream(file))
  await expect(vault.policy.readAclPolicy(way)).rejects.toMatchObject({ status: 404 })
  const lines: string[] = []
  for await (const { data } of vault.sys.checkStorage({ entries_per_second: 0 })) {
    lines.push(...Buffer.from(data.content).toString().trim().split('\n'))
  }
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ done: true, damaged: 0 })
})
