import type { Costs, Shape } from './cluster.ts'

/**
 * What requests cost, so that the simulation gives what was measured on one machine of two processors with PostgreSQL and
 * the clients on it; `docs/scaling.md` has both beside each other.
 */
export const MEASURED: Costs = {
  serveRead: 35,
  serveWrite: 235,
  audit: 25,
  round: 565,
  revision: 165,
  hear: 1195,
  change: 15,
  tell: 1120,
  commit: 2475,
  write: 195,
  flush: 2105,
  client: 22,
}

/** The machine on which they were measured: everything shares its two processors. */
export const SHARED: Pick<Shape, 'processors' | 'roundTrip'> = { processors: { shared: 2 }, roundTrip: 60 }
