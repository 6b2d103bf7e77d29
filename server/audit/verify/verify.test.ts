import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { toldWithin } from '../../../test/harness/properties.ts'
import { fileDevice, record, TestingInstallation } from '../testing-records.ts'
import { verifyInputs } from '../testing-verification.ts'
import type { VerifyInputs } from './verification.ts'
import { verify } from './verify.ts'
import { runAuditVerify } from './verify-cli.ts'

interface Sample {
  readonly place: TestingInstallation
  readonly file: string
  /** Lines with their newlines. */
  readonly lines: readonly string[]
  readonly publicOnly: VerifyInputs
  readonly full: VerifyInputs
}

async function sampleFile(): Promise<Sample> {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  for (let run = 0; run < 3; run++) {
    const audit = await place.open()
    if (run === 0) await audit.enable('file', fileDevice())
    await record(audit, 9, run * 9)
    await audit.close()
  }
  const lines = (await readFile(file, 'utf8')).split(/(?<=\n)/)
  return { place, file, lines, ...(await verifyInputs(place.make())) }
}

let sample: Sample
beforeAll(async () => {
  sample = await sampleFile()
})

async function verifyLines(lines: readonly string[], inputs: VerifyInputs) {
  const file = join(sample.place.folder, 'tampered.log')
  await writeFile(file, lines.join(''))
  return verify([file], inputs)
}

test('what was written verifies', async () => {
  expect(sample.lines).toHaveLength(61)
  for (const inputs of [sample.full, sample.publicOnly]) {
    const result = await verify([sample.file], inputs)
    expect(result).toMatchObject({ problem: undefined, notes: [], records: 55, checkpoints: 6, uncovered: 0 })
  }
})

const replaced = (lines: readonly string[], at: number, line: string) => lines.with(at, line)
const tampered: Record<string, { change: (lines: readonly string[]) => readonly string[]; line: number; why: RegExp }> =
  {
    'a record was edited': {
      change: (lines) => replaced(lines, 10, (lines[10] ?? '').replace('"secret/', '"public/')),
      line: 11,
      why: /was changed/,
    },
    'a record was deleted': { change: (lines) => lines.toSpliced(10, 1), line: 11, why: /record 11 is missing/ },
    'three records were deleted': {
      change: (lines) => lines.toSpliced(10, 3),
      line: 11,
      why: /records 11 to 13 are missing/,
    },
    'a record was put in': {
      change: (lines) => lines.toSpliced(10, 0, lines[3] ?? ''),
      line: 11,
      why: /record 4 stands again or out of order/,
    },
    'a made-up record was put in': {
      change: (lines) => lines.toSpliced(10, 0, '{"type":"request"}\n'),
      line: 11,
      why: /not a line of an audit log/,
    },
    'two records changed places': {
      change: (lines) => lines.with(10, lines[11] ?? '').with(11, lines[10] ?? ''),
      line: 11,
      why: /record 11 is missing/,
    },
    'the last line was cut off': {
      change: (lines) => lines.slice(0, -1),
      line: 60,
      why: /end is missing: .* 60.* record 61/,
    },
    'the last run was cut off': { change: (lines) => lines.slice(0, 41), line: 41, why: /record 61 had been written/ },
    'the first line was cut off': { change: (lines) => lines.slice(1), line: 1, why: /no checkpoint/ },
    'the first run was cut off': { change: (lines) => lines.slice(21), line: 1, why: /records before 22 are missing/ },
    'the last line was cut within': {
      change: (lines) => replaced(lines, 60, (lines[60] ?? '').slice(0, 50)),
      line: 61,
      why: /ends within a line/,
    },
    'a checkpoint was edited': {
      change: (lines) => replaced(lines, 20, (lines[20] ?? '').replace('"closed"', '"opened"')),
      line: 21,
      why: /signature/,
    },
    'everything was cut off': { change: () => [], line: 0, why: /no checkpoint of this device/ },
    'all of it stands twice': { change: (lines) => [...lines, ...lines], line: 62, why: /61 lines|put in before/ },
  }

for (const [what, { change, line, why }] of Object.entries(tampered)) {
  test(`found with the chain key: ${what}`, async () => {
    const { problem } = await verifyLines(change(sample.lines), sample.full)
    expect(problem?.message).toMatch(why)
    expect(problem?.line).toBe(line)
  })

  test(`found with the public key alone: ${what}`, async () => {
    const { problem } = await verifyLines(change(sample.lines), sample.publicOnly)
    expect(problem).toBeDefined()
  })
}

test('whoever has no key but can count cannot renumber the lines', async () => {
  const cut = sample.lines
    .toSpliced(10, 1)
    .map((line, at) => (at < 10 ? line : line.replace(/"seq":(\d+)/, (_, seq) => `"seq":${seq - 1}`)))
  expect((await verifyLines(cut, sample.publicOnly)).problem).toMatchObject({ line: 20 })
  expect((await verifyLines(cut, sample.full)).problem).toMatchObject({ line: 11 })
})

test('any change of any byte is found', async () => {
  const bytes = Buffer.from(sample.lines.join(''))
  const file = join(sample.place.folder, 'flipped.log')
  const edit = fc.record({ at: fc.nat(bytes.length - 1), xor: fc.integer({ min: 1, max: 255 }), full: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(edit, async ({ at, xor, full }) => {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ xor
      await writeFile(file, changed)
      const { problem } = await verify([file], full ? sample.full : sample.publicOnly)
      expect(problem).toBeDefined()
      // The chain key names the line itself; a changed newline makes one line of two.
      const line = changed.subarray(0, at).toString('latin1').split('\n').length
      if (full) expect(problem?.line).toBe(line)
    }),
    { numRuns: 400, ...toldWithin() },
  )
})

test('a chain value or signature in another spelling of the same bytes is found', async () => {
  const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const respelled = (line: string) => line.replace(/(.)"\}\n$/, (_, last) => `${bits[bits.indexOf(last) + 1]}"}\n`)
  for (const at of [10, 60])
    for (const inputs of [sample.full, sample.publicOnly])
      expect(
        (await verifyLines(replaced(sample.lines, at, respelled(sample.lines[at] ?? '')), inputs)).problem,
      ).toMatchObject({
        line: at + 1,
      })
})

test('any cut of the tail is found against the evidence', async () => {
  const bytes = Buffer.from(sample.lines.join(''))
  const file = join(sample.place.folder, 'cut.log')
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      await writeFile(file, bytes.subarray(0, length))
      expect((await verify([file], sample.publicOnly)).problem).toBeDefined()
    }),
    { numRuns: 200, ...toldWithin() },
  )
})

test('rotated files verify in order, and neither out of order nor with one missing', async () => {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  for (let turn = 0; turn < 3; turn++) {
    await record(audit, 4)
    if (turn === 2) break
    await rename(file, `${file}.${turn}`)
    await audit.reopen()
  }
  await audit.close()
  const { full, publicOnly } = await verifyInputs(place.make())
  const files = [`${file}.0`, `${file}.1`, file]
  for (const inputs of [full, publicOnly]) {
    expect((await verify(files, inputs)).problem).toBeUndefined()
    const missing = await verify([`${file}.0`, file], inputs)
    expect(missing.problem).toMatchObject({ file, line: 1, message: expect.stringContaining('missing before it') })
    const swapped = await verify([`${file}.1`, `${file}.0`, file], inputs)
    expect(swapped.problem).toMatchObject({ file: `${file}.0`, line: 1 })
    expect((await verify(files.slice(0, 2), inputs)).problem?.message).toMatch(/end is missing/)
    const later = await verify(files.slice(1), inputs)
    expect(later.problem).toBeUndefined()
    expect(later.notes[0]?.message).toMatch(/begins after record/)
  }
})

test('what stood in the file before the device was is told, and nothing can hide in it', async () => {
  const place = await TestingInstallation.create()
  const file = join(place.folder, 'audit.log')
  await writeFile(file, 'somebody else wrote this\nand this', { mode: 0o600 })
  const audit = await place.open()
  await audit.enable('file', fileDevice())
  await record(audit, 2)
  await audit.close()
  const { full } = await verifyInputs(place.make())
  const result = await verify([file], full)
  expect(result.problem).toBeUndefined()
  expect(result.notes.map(({ message }) => message)).toEqual([expect.stringContaining('2 lines before it')])
  await appendFile(file, 'junk\n')
  expect((await verify([file], full)).problem).toMatchObject({ line: 10 })
  const text = await readFile(file, 'utf8')
  await writeFile(file, `x${text}`)
  expect((await verify([file], full)).problem?.message).toMatch(/1 bytes were put in before it/)
})

test('the command verifies with what the routes hand out', async () => {
  const audit = sample.place.make()
  const evidence = await audit.evidence('file')
  const evidenceFile = join(sample.place.folder, 'evidence.json')
  const keyFile = join(sample.place.folder, 'chain-key')
  const data = { device: evidence.device, public_key: evidence.publicKey, streams: evidence.streams }
  await writeFile(evidenceFile, JSON.stringify({ data }))
  await writeFile(keyFile, JSON.stringify({ data: { chain_key: await audit.chainKey('file') } }))
  const keyFlag = `-chain-key=${keyFile}`
  const run = async (...args: string[]) => {
    let text = ''
    const take = (more: string) => {
      text += more
    }
    return { code: await runAuditVerify(args, { out: take, error: take }), text }
  }
  const good = await run(`-evidence=${evidenceFile}`, '-chain-key', keyFile, sample.file)
  expect(good).toEqual({ code: 0, text: 'Verified: 55 records and 6 checkpoints in 1 file.\n' })
  const bad = join(sample.place.folder, 'bad.log')
  await writeFile(bad, sample.lines.toSpliced(10, 1).join(''))
  expect(await run(`-evidence=${evidenceFile}`, bad)).toMatchObject({
    code: 2,
    text: expect.stringContaining(`BAD: ${bad}:11: record 11 is missing before it`),
  })
  expect(await run(sample.file)).toMatchObject({ code: 1, text: expect.stringContaining('-evidence') })
  const none = join(sample.place.folder, 'none')
  for (const args of [
    [keyFlag, none],
    [`-evidence=${none}`, bad],
    [`-public-key=${none}`, bad],
    [`-chain-key=${none}`, bad],
  ])
    expect((await run(...args)).text).toMatch(/^\/.*\/none: no such file\nSee: /)
  expect(await run(keyFlag, sample.place.folder)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`${sample.place.folder}: it is a folder`),
  })
  expect(await run(`-public-key=${evidenceFile}`, sample.file)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`${evidenceFile} holds no public key in PEM`),
  })
  expect(await run('-wat', sample.file)).toMatchObject({ code: 1 })
})
