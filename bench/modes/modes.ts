import type { Comparison } from '../compare.ts'
import type { Options } from '../options.ts'
import type { Goal } from '../report.ts'
import { acmeOrders } from './acme.ts'
import { expiry } from './expiry.ts'
import { Growing } from './growth.ts'
import { memoryAfter } from './memory.ts'
import { withNamespaces } from './namespaces.ts'
import { measureNodes } from './nodes.ts'
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
    run: async ({ requests }, print) => ({ goals: [await memoryAfter(requests, print)] }),
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
