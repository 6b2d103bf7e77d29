import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * One folder for all that a run of the tests leaves in the temporary folder, gone when the run ends, however its tests
 * ended. `EGIDE_TEST_KEEP=1` keeps it, to look at what a failed test left.
 */
export function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-tests-'))
  // PostgreSQL runs as another user and must get to its own folder in here.
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
  return () => {
    if (process.env.EGIDE_TEST_KEEP !== '1') rmSync(folder, { recursive: true, force: true })
  }
}
