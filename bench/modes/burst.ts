import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import { median, type Turns } from '../compare.ts'
import { type Entrant, loadRow } from '../load/row-load.ts'
import { primitiveRate } from '../primitives/measure.ts'
import { atMost, type Goal } from '../report.ts'
import { ISSUE_RSA } from '../rows/pki-rows.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'
import { Reads } from './reads.ts'

/** Of the time that making the keys takes: most of them lay ready. */
const TIME_GOAL = 0.5
/** Of the p99 of reads alone. */
const TAIL_GOAL = 3
const PATIENCE_MS = 120_000
const LOOK_MS = 1000
/** Of one processor. */
const IDLE_SHARE = 0.1
/** The reads have warmed up, and the generator of the burst has started. */
const UNDER_WAY_MS = 2000

/**
 * So many RSA-2048 certificates at once, from a server that had nothing to do: how long that takes, beside the time of
 * making as many keys on all processors, and what reads notice of it and of the keys that are made again afterwards.
 */
export async function burst(
  certificates: number,
  { rounds, seconds }: Pick<Turns, 'rounds' | 'seconds'>,
  print: (text: string) => void,
): Promise<readonly Goal[]> {
  const vault = await Vault.start(egide)
  try {
    const entrant: Entrant = { name: vault.name, subject: vault, caller: vault, row: ISSUE_RSA }
    await vault.replyTo(ISSUE_RSA)
    const reads = await Reads.of(vault)
    const [shares, tails]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      await idle(vault)
      const { perSecond } = await primitiveRate('generate-rsa-2048', seconds)
      const calm = await reads.during(seconds)
      const alone = await issueAtOnce(entrant, certificates)
      await idle(vault)
      const [during, { seconds: took }] = await Promise.all([reads.during(seconds), issueAtOnce(entrant, certificates)])
      const keys = certificates / perSecond
      shares.push(alone.seconds / keys)
      tails.push(during.p99Ms / calm.p99Ms)
      print(
        `burst: ${certificates} certificates in ${alone.seconds.toFixed(2)} s (p99 ${alone.p99Ms.toFixed(0)} ms), ${took.toFixed(2)} s beside reads; as many keys take ${keys.toFixed(2)} s\n`,
      )
      print(
        `burst: p99 of ${reads.perSecond.toFixed(0)} reads/s: ${calm.p99Ms.toFixed(2)} ms alone, ${during.p99Ms.toFixed(2)} ms beside\n`,
      )
    }
    print('\n')
    return [
      atMost(`${certificates} RSA-2048 certificates at once, share of the time of the keys`, median(shares), TIME_GOAL),
      atMost('p99 of reads beside them, times that alone', median(tails), TAIL_GOAL),
    ]
  } finally {
    await vault.end()
  }
}

async function issueAtOnce(entrant: Entrant, maxRequests: number) {
  const span = { startAfterMs: UNDER_WAY_MS, warmUpMs: 0, durationMs: PATIENCE_MS, maxRequests }
  return (await loadRow(entrant, span)).outcome
}

/** Waits until the server has nothing to do: it makes no more keys. */
async function idle({ pid }: Vault): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (let before = usageOf(pid).cpuSeconds; performance.now() < deadline; ) {
    await sleep(LOOK_MS)
    const now = usageOf(pid).cpuSeconds
    if (now - before < (IDLE_SHARE * LOOK_MS) / 1000) return
    before = now
  }
  throw new Error('burst: the server does not come to rest')
}
