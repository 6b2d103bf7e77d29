import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', '.venv/**', '.runtime/**', 'data/**'],
    globalSetup: ['test/harness/temporary-folder.ts'],
    // Processes, not threads: the server's writer is a thread of its own, and native modules are loaded once a process.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // Half of a test's own time: what did not come to be is told, rather than that the test took too long.
    expect: { poll: { timeout: 10_000 } },
  },
})
