import { expect, test } from 'vitest'
import { type Engine, engine } from '../../engines/engine.ts'
import { TestNamespace } from '../../test/core/test-namespace.ts'

test("of an engine's recurring work a piece that fails holds up none of the others", async () => {
  const done: string[] = []
  const jobs: Engine<never> = engine({
    type: 'jobs',
    kind: 'secret',
    description: 'recurring work',
    routes: [],
    periodic: {
      before: async () => void done.push('before'),
      broken: async () => {
        throw new Error('broken')
      },
      after: async () => void done.push('after'),
    },
  })
  const vault = await TestNamespace.create({ engines: [jobs] })
  await vault.call('update', 'sys/mounts/jobs', { type: 'jobs' })
  await vault.namespace.runPeriodic()
  expect(done).toEqual(['before', 'after'])
  expect(vault.logged).toEqual([expect.stringContaining('"job":"jobs/ broken"')])
})
