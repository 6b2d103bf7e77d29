import type { Chore } from './background.ts'
import type { Seals } from './seals.ts'
import type { StorageClock } from './storage-clock.ts'
import type { Vault } from './vault.ts'

/** How often what is due is looked for. */
const SWEEP_MS = 1000
/** How often others' changes are looked for by those who watch, and by those who have namespaces unsealed by their shares. */
const POLL_MS = 200
const MINUTE_MS = 60_000

/** What an open server does in the background. While sealed it only keeps alive what would unseal it. */
export function chores({ core, seal }: Vault, { wrapper }: Seals, clock: StorageClock): readonly Chore[] {
  return [
    {
      name: 'sweep',
      everyMs: SWEEP_MS,
      async run() {
        if (clock.mayDoRecurringWork) await core.namespaces?.sweep()
      },
    },
    {
      name: 'audit refresh',
      everyMs: SWEEP_MS,
      async run() {
        await core.root?.audit.refresh()
      },
    },
    {
      name: 'echo',
      everyMs: SWEEP_MS,
      async run() {
        await core.root?.nodes?.echo()
      },
    },
    {
      name: 'key holders',
      everyMs: POLL_MS,
      async run() {
        await core.namespaces?.holders?.echo()
      },
    },
    {
      name: 'changes',
      everyMs: POLL_MS,
      async run() {
        await core.root?.pollChanges()
      },
    },
    {
      name: 'watchers',
      everyMs: SWEEP_MS,
      async run() {
        await core.root?.callWatchers()
      },
    },
    {
      name: 'seal service',
      everyMs: SWEEP_MS,
      async run() {
        await wrapper?.maintain?.()
      },
    },
    { name: 'storage clock', everyMs: MINUTE_MS, run: () => clock.compare() },
    { name: 'keys', everyMs: MINUTE_MS, run: () => seal.tick() },
    {
      name: 'idle namespaces',
      everyMs: MINUTE_MS,
      async run() {
        await core.namespaces?.closeIdle()
      },
    },
    {
      name: 'periodic',
      everyMs: MINUTE_MS,
      async run() {
        if (clock.mayDoRecurringWork) await core.root?.runPeriodic()
      },
    },
  ]
}
