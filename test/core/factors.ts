import type { Log, Random } from '../../engines/engine.ts'
import { type OutgoingFetch, Unreachable } from '../../server/auth/jwks/outgoing-fetch.ts'
import { FactorServices } from '../../server/core/mfa/services.ts'
import type { TestClock } from '../harness/rows.ts'

/** Services for second factors that `fetch` reaches; absent: none. Time passes for who waits for them, and for nobody else. */
export function testFactors(clock: TestClock, random: Random, log: Log, fetch: OutgoingFetch = nobody): FactorServices {
  const ends: { readonly atMs: number; readonly controller: AbortController }[] = []
  const deadline = (ms: number) => {
    const controller = new AbortController()
    ends.push({ atMs: clock.now() + ms, controller })
    return controller.signal
  }
  const pause = async (ms: number) => {
    clock.nowMs += ms
    for (const { atMs, controller } of ends) if (atMs <= clock.now()) controller.abort()
  }
  return new FactorServices({ fetch, clock, log, pause, deadline }, random)
}

const nobody: OutgoingFetch = () => Promise.reject(new Unreachable('nothing is there'))
