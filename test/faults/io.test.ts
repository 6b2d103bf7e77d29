import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { TEST_TIMEOUT_MS } from '../harness/properties.ts'
import type { Fault, Orders, SessionReport } from './session.ts'

const SESSION = join(import.meta.dirname, 'session.ts')
const SHIM = join(import.meta.dirname, 'faulty-io.c')
const soak = process.env.EGIDE_SOAK === '1'

const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0
const reason = hasCompiler ? '' : ' (skipped: it needs Linux and a C compiler, cc)'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'egide-faults-')))
afterAll(() => rmSync(folder, { recursive: true }))
const library = join(folder, 'faulty-io.so')
if (hasCompiler) execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SHIM, '-ldl'])

let runs = 0
async function sessions(
  start: Orders['start'],
  fault: Fault,
  firstNth: number,
  step: number,
): Promise<SessionReport[]> {
  const directory = join(folder, `${++runs}`)
  mkdirSync(directory)
  const control = join(directory, 'control')
  writeFileSync(control, new Uint8Array(6 * 8))
  const orders: Orders = { directory, control, start, fault, firstNth, step }
  const { stdout } = await promisify(execFile)(process.execPath, [SESSION, JSON.stringify(orders)], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      LD_PRELOAD: library,
      EGIDE_FAULT_DIRECTORY: join(directory, 'faulty'),
      EGIDE_FAULT_CONTROL: control,
    },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SessionReport)
}

const { ENOSPC, EIO } = constants.errno
const once: Fault = { errno: EIO, lasts: false, torn: false, syncsOnly: false }

/**
 * `step`: a session has about 1100 operations, 45 of them fsyncs. The soak tries each; a test run tries a few, and each
 * kind of them.
 */
const cases: Record<string, { fault: Fault; start: Orders['start']; step: number }> = {
  'write fails once': { fault: once, start: 'ready', step: 151 },
  'write is half made and fails': { fault: { ...once, torn: true }, start: 'ready', step: 127 },
  'write of a new file is half made and fails': { fault: { ...once, torn: true }, start: 'new', step: 239 },
  'write finds the disk full': { fault: { ...once, errno: ENOSPC }, start: 'ready', step: 211 },
  'write and all later ones find the disk full': {
    fault: { ...once, errno: ENOSPC, torn: true, lasts: true },
    start: 'new',
    step: 199,
  },
  'fsync fails once': { fault: { ...once, syncsOnly: true }, start: 'ready', step: 5 },
  'fsync and all later ones fail': { fault: { ...once, syncsOnly: true, lasts: true }, start: 'ready', step: 7 },
}

for (const [what, { fault, start, step }] of Object.entries(cases)) {
  test.skipIf(!hasCompiler)(
    `when the nth ${what}: acknowledged commits are there and whole, refused ones never come back${reason}`,
    { timeout: soak ? 3_600_000 : TEST_TIMEOUT_MS },
    async () => {
      const reports = await sessions(start, fault, 1 + (soak ? 0 : runs % step), soak ? 1 : step)
      expect(reports.filter(({ problems }) => problems.length > 0)).toEqual([])
      expect(reports.at(-1)).toMatchObject({ fired: 0, opened: true, acknowledged: 30 })
      expect(reports.slice(0, -1).every(({ fired }) => fired > 0)).toBe(true)
      // The faults must have been felt: some commits failed, and others went through.
      expect(reports.some(({ refused, unknown }) => refused + unknown > 0)).toBe(true)
    },
  )
}
