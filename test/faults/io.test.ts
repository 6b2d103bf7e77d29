import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
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
  writeFileSync(control, new Uint8Array(5 * 8))
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
const faults: Record<string, Fault> = {
  'fails once with EIO': { errno: EIO, lasts: false, torn: false },
  'is half made, and fails with EIO': { errno: EIO, lasts: false, torn: true },
  'finds the disk full': { errno: ENOSPC, lasts: false, torn: false },
  'finds the disk full, and so do all later ones': { errno: ENOSPC, lasts: true, torn: true },
}

for (const [what, fault] of Object.entries(faults)) {
  for (const start of ['ready', 'new'] as const) {
    const title = `no acknowledged write is lost or torn, and no refused one comes back, when the nth write or fsync on a ${start} file ${what}${reason}`
    // A session makes about 900 such operations. Every one of them is the soak's; a test run takes a few far between.
    const step = soak ? 1 : start === 'ready' ? 89 : 131
    test.skipIf(!hasCompiler)(title, { timeout: soak ? 3_600_000 : 60_000 }, async () => {
      const reports = await sessions(start, fault, soak ? 1 : 5 + 7 * runs, step)
      expect(reports.filter(({ problems }) => problems.length > 0)).toEqual([])
      expect(reports.at(-1)).toMatchObject({ fired: 0, opened: true, acknowledged: 30 })
      expect(reports.slice(0, -1).every(({ fired }) => fired > 0)).toBe(true)
      // The faults must have been felt: some commits failed, others went through.
      expect(reports.some(({ refused, unknown }) => refused + unknown > 0)).toBe(true)
    })
  }
}
