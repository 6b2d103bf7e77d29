import { afterAll, beforeAll, expect, test } from 'vitest'
import { egide } from '../test/harness/program.ts'
import { compareRows } from './field.ts'
import { withCertificates } from './modes/certificates.ts'
import { withSnapshot } from './modes/snapshot.ts'
import { startUp } from './modes/start-up.ts'
import { readOptions } from './options.ts'
import { PRIMITIVES, type PrimitiveName } from './primitives/primitives.ts'
import { comparisonTable } from './report.ts'
import { isGrpc } from './rows/row.ts'
import { ROWS } from './rows/rows.ts'
import { Vault } from './servers/vault.ts'

/** That the bench still runs, with numbers that mean nothing. */

const silent = (): void => undefined

let vault: Vault
beforeAll(async () => {
  vault = await Vault.start(egide)
}, 300_000)
afterAll(() => vault.end())

test('each row is answered', { timeout: 300_000 }, async () => {
  for (const row of ROWS) {
    if (isGrpc(row)) expect((await vault.grpcReplyTo(row)).message, row.name).not.toBe('')
    else expect((await vault.replyTo(row)).status, row.name).toBe(200)
  }
})

test('each primitive does something', () => {
  for (const name of Object.keys(PRIMITIVES) as PrimitiveName[]) expect(PRIMITIVES[name]()).toBeTypeOf('function')
})

test('what is stored is stored as the server reads it', { timeout: 600_000 }, async () => {
  expect(await startUp(20, silent)).toMatchObject({ goal: 3 })
  const [, restored] = await withSnapshot(50, { seconds: 0.1 }, silent)
  expect(restored).toMatchObject({ value: 0, isMet: true })
  const stored = { certificates: 30, revoked: 10 }
  const goals = await withCertificates(stored, { rounds: 1, pause: 0 }, silent, { revocations: 10, asked: 20 })
  for (const { what, value } of goals) expect(value, what).toBeGreaterThan(0)
})

test('rows are compared with the bare server and with what is in them', { timeout: 600_000 }, async () => {
  // Long enough that something is answered within a window also where other work has the processors.
  const options = readOptions(['-seconds=2', '-warm=0.1', '-compile=0.1', '-rounds=1', '-openbao=none'])
  const rows = ROWS.filter(({ name }) => ['transit-batch', 'aws-kms-mac', 'grpc-encrypt'].includes(name))
  const { comparisons, goals } = await compareRows(rows, options, () => undefined)
  expect(comparisons.map(({ row }) => row)).toEqual(rows.map(({ name }) => name))
  for (const comparison of comparisons) {
    expect(comparison.figures.map(({ subject }) => subject)).toEqual(['egide sqlite', 'bare'])
    expect(comparison.ratios.bare).toBeGreaterThan(0)
    expect(comparison.primitive?.ratio).toBeGreaterThan(0)
    expect(comparisonTable(comparison)).toContain(`${comparison.primitive?.name} alone: `)
  }
  expect(goals.map(({ what }) => what)).toContain('transit-batch: items for a second of CPU')
})
