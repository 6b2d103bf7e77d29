import { defineConfig } from 'vitest/config'
import { TEST_TIMEOUT_MS } from './test/harness/properties.ts'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', '.venv/**', '.runtime/**', 'data/**'],
    globalSetup: ['test/harness/temporary-folder.ts'],
    // Processes, not threads: the server's writer is a thread of its own, and native modules are loaded once a process.
    pool: 'forks',
    maxWorkers: 2,
    // Many tests start servers and run commands, on machines that do other things too: it ends what hangs, and measures nothing.
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    teardownTimeout: 10_000,
    // Less than a test's own time: what did not come to be is told, rather than that the test took too long.
    expect: { poll: { timeout: TEST_TIMEOUT_MS / 3 } },
  },
})
