import type { Comparison } from '../compare.ts'
import type { Options } from '../options.ts'
import type { Goal } from '../report.ts'
import { acmeOrders } from './acme.ts'
import { burst } from './burst.ts'
import { withCertificates } from './certificates.ts'
import { disturbance } from './disturbance.ts'
import { expiry } from './expiry.ts'
import { Growing } from './growth.ts'
import { memoryAfter } from './memory.ts'
import { withNamespaces } from './namespaces.ts'
import { measureNodes } from './nodes.ts'
import { withSnapshot } from './snapshot.ts'
import { soak } from './soak.ts'
import { startUp } from './start-up.ts'

type Print = (text: string) => void

export interface Findings {
  readonly goals: readonly Goal[]
  readonly comparisons?: readonly Comparison[]
}

/** What is measured besides rows, each where it is asked for. */
interface Mode {
  readonly isAsked: (options: Options) => boolean
  readonly run: (options: Options, print: Print) => Promise<Findings>
}

const MODES: readonly Mode[] = [
  {
    isAsked: ({ requests }) => requests > 0,
    run: async ({ requests }, print) => ({ goals: await memoryAfter(requests, print) }),
  },
  {
    isAsked: ({ leases }) => leases > 0,
    run: async ({ leases }, print) => ({ goals: [await startUp(leases, print)] }),
  },
  {
    isAsked: ({ namespaces }) => namespaces > 0,
    run: async ({ namespaces }, print) => ({ goals: await withNamespaces(namespaces, print) }),
  },
  {
    isAsked: (options) => options.expiry > 0,
    run: async (options, print) => ({ goals: [await expiry(options.expiry, print)] }),
  },
  {
    isAsked: ({ acme }) => acme > 0,
    run: async (options, print) => {
      await acmeOrders(options, print)
      return { goals: [] }
    },
  },
  {
    isAsked: ({ disturb }) => disturb > 0,
    run: async (options, print) => ({ goals: await disturbance(options.disturb, options, print) }),
  },
  {
    isAsked: (options) => options.burst > 0,
    run: async (options, print) => ({ goals: await burst(options.burst, options, print) }),
  },
  {
    isAsked: ({ certificates }) => certificates !== undefined,
    run: async (options, print) => {
      const { certificates } = options
      return { goals: certificates === undefined ? [] : await withCertificates(certificates, options, print) }
    },
  },
  {
    isAsked: ({ snapshot }) => snapshot > 0,
    run: async (options, print) => ({ goals: await withSnapshot(options.snapshot, options, print) }),
  },
  {
    isAsked: ({ grow }) => grow.length > 0,
    run: async (options, print) => {
      const growing = new Growing(options, print)
      await growing.run(options.grow)
      return growing
    },
  },
  {
    isAsked: ({ nodes }) => nodes > 0,
    run: async (options, print) => {
      await measureNodes(options, print)
      return { goals: [] }
    },
  },
  {
    isAsked: (options) => options.soak > 0,
    run: async (options, print) => ({ goals: [await soak(options.soak, options.rate, print)] }),
  },
]

export const modesOf = (options: Options): readonly Mode[] => MODES.filter(({ isAsked }) => isAsked(options))
