import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { at } from '../../test/harness/http.ts'
import { egide } from '../../test/harness/program.ts'
import { median, type Turns } from '../compare.ts'
import type { Outcome } from '../load/plan.ts'
import { refuseErrors } from '../load/row-load.ts'
import { runLoad } from '../load/run-load.ts'
import { atMost, type Goal } from '../report.ts'
import { derOf, OCSP, statusPath, WANTED } from '../rows/pki-rows.ts'
import { requestOf } from '../rows/request.ts'
import type { HttpRow } from '../rows/row.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'
import { type Stored, serialOfStored, shardOfStored, storeCertificates } from '../stored/certificates.ts'

/** Times what it takes at `FEW`. */
const REVOKE_GOAL = 2
const OCSP_GOAL = 1.5
const MEMORY_GOAL = 1.25
const REBUILD_GOAL_SECONDS = 1

const FEW: Stored = { certificates: 10, revoked: 10 }
/** Of one turn. */
export interface Amounts {
  readonly revocations: number
  /** Requests for a status, each for another certificate where there are so many. */
  readonly asked: number
}
const AMOUNTS: Amounts = { revocations: 300, asked: 2_000 }
/** The same again and again, whose answers are kept. */
const HOT = 10
const NONCE_BYTES = 32
const REBUILDS = 5
const CONNECTIONS = 4
const WARM_UP_MS = 500
const PATIENCE_MS = 600_000

/** Where it says so, lists are of shards. */
const SHARDED = 'http://pki.example/{{crl_shard}}'

const REVOKE: HttpRow = { name: 'pki-revoke', method: 'POST', path: 'pki/revoke', connections: CONNECTIONS }

/** What is measured of a vault, in turns with the other. Milliseconds. */
type Measure = 'revoke' | 'ocsp, kept' | 'ocsp, signed anew'
const MEASURES: readonly Measure[] = ['revoke', 'ocsp, kept', 'ocsp, signed anew']

/** A vault whose authority has issued and revoked so many certificates, and then some more that the bench revokes. */
class Authority {
  readonly vault: Vault
  readonly stored: Stored
  readonly #issuer: Buffer
  /** The next that is not revoked. */
  #next: number

  private constructor(vault: Vault, stored: Stored, issuer: Buffer) {
    this.vault = vault
    this.stored = stored
    this.#issuer = issuer
    this.#next = stored.revoked
  }

  static async start(stored: Stored, extra: number): Promise<Authority> {
    const vault = await Vault.start(egide)
    const { server } = vault
    await server.call('POST', 'pki/config/urls', {
      body: { crl_distribution_points: SHARDED, enable_templating: true },
    })
    const { body } = await server.call('POST', 'pki/issue/p256', { body: { ...WANTED, ttl: '720h' } })
    const [certificate, issuer] = ['certificate', 'issuing_ca'].map((name) => derOf(at(body, 'data', name)))
    if (certificate === undefined || issuer === undefined) throw new Error('nothing was issued')
    const template = { der: certificate, serial: String(at(body, 'data', 'serial_number')) }
    await server.stop()
    const certificates = Math.max(stored.certificates, stored.revoked) + extra
    await storeCertificates(server, template, { certificates, revoked: stored.revoked })
    await server.start()
    await server.unseal()
    return new Authority(vault, stored, issuer)
  }

  get name(): string {
    return `${this.stored.certificates} stored, ${this.stored.revoked} revoked`
  }

  async measure(what: Measure, { revocations, asked }: Amounts): Promise<Outcome> {
    if (what === 'revoke') return this.#revoke(revocations)
    const isKept = what === 'ocsp, kept'
    const requests = this.#some(isKept ? HOT : asked).map((serial) => {
      const path = OCSP.path + statusPath(this.#issuer, serial, isKept ? undefined : randomBytes(NONCE_BYTES))
      return requestOf({ ...OCSP, path }, this.vault)
    })
    return this.#ask(requests, WARM_UP_MS, asked)
  }

  /** Seconds from asking for a shard's list, in which one was just revoked, to having it; and its bytes. */
  async rebuildShard(): Promise<{ readonly seconds: number; readonly bytes: number }> {
    const shard = shardOfStored(this.#next)
    await this.#revoke(1)
    return this.#fetch(`pki/crl/shard/${shard}`)
  }

  /** The same, of the list of all of them. */
  async rebuildAll(): Promise<{ readonly seconds: number; readonly bytes: number }> {
    await this.#revoke(1)
    return this.#fetch('pki/crl')
  }

  get mib(): number {
    return usageOf(this.vault.pid).residentMib
  }

  async #fetch(path: string): Promise<{ readonly seconds: number; readonly bytes: number }> {
    const started = performance.now()
    const { status, bytes, text } = await this.vault.server.call('GET', path)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return { seconds: (performance.now() - started) / 1000, bytes: bytes.length }
  }

  #revoke(count: number): Promise<Outcome> {
    const requests = Array.from({ length: count }, () => {
      const body = { serial_number: serialOfStored(this.#next++) }
      return requestOf({ ...REVOKE, body }, this.vault)
    })
    return this.#ask(requests, 0, count)
  }

  /** Numbers of stored ones, from all over them; the same again where there are fewer. */
  #some(count: number): string[] {
    const { certificates } = this.stored
    const step = Math.max(1, Math.floor(certificates / count))
    return Array.from({ length: count }, (_, nth) => serialOfStored((nth * step) % certificates))
  }

  async #ask(requests: readonly string[], warmUpMs: number, maxRequests: number): Promise<Outcome> {
    const plan = { port: this.vault.port, requests, connections: CONNECTIONS, warmUpMs, durationMs: PATIENCE_MS }
    const { outcome } = await runLoad({ ...plan, maxRequests, status: 200 }, this.vault.pid)
    refuseErrors(this.name, outcome)
    return outcome
  }
}

/** Revocation, OCSP, lists and memory with `stored`, beside those with ten. */
export async function withCertificates(
  stored: Stored,
  { rounds, pause }: Pick<Turns, 'rounds' | 'pause'>,
  print: (text: string) => void,
  amounts = AMOUNTS,
): Promise<readonly Goal[]> {
  const authorities: Authority[] = []
  // One turn is not counted: code gets compiled.
  const extra = amounts.revocations * (rounds + 1) + 4 * REBUILDS
  try {
    for (const each of [FEW, stored]) {
      const started = performance.now()
      const authority = await Authority.start(each, extra)
      authorities.push(authority)
      const took = ((performance.now() - started) / 1000).toFixed(0)
      print(`certificates: ${authority.name}, made in ${took} s: ${authority.mib.toFixed(0)} MiB after the start\n`)
    }
    const goals = [
      ...(await latencies(authorities, { rounds, pause, ...amounts }, print)),
      ...(await lists(authorities, print)),
    ]
    const [few, many] = authorities.map(({ mib }) => mib)
    print('\n')
    const growth = (many ?? Number.NaN) / (few ?? Number.NaN)
    return [
      ...goals,
      atMost(`certificates: memory after all that, times that with ${FEW.certificates}`, growth, MEMORY_GOAL),
    ]
  } finally {
    for (const { vault } of authorities) await vault.server.remove()
  }
}

async function latencies(
  authorities: readonly Authority[],
  { rounds, pause, ...amounts }: Pick<Turns, 'rounds' | 'pause'> & Amounts,
  print: (text: string) => void,
): Promise<Goal[]> {
  const goals: Goal[] = []
  for (const what of MEASURES) {
    const turns = authorities.map((): Outcome[] => [])
    for (let round = 0; round <= rounds; round++) {
      for (const [nth, authority] of authorities.entries()) {
        const outcome = await authority.measure(what, amounts)
        if (round > 0) turns[nth]?.push(outcome)
        await sleep(pause * 1000)
      }
    }
    const p50s = turns.map((outcomes) => median(outcomes.map(({ p50Ms }) => p50Ms)))
    for (const [nth, { name, mib }] of authorities.entries()) {
      const p99 = median((turns[nth] ?? []).map(({ p99Ms }) => p99Ms)).toFixed(2)
      print(`certificates: ${what}: ${name}: p50 ${p50s[nth]?.toFixed(2)} ms, p99 ${p99} ms, ${mib.toFixed(0)} MiB\n`)
    }
    const [few, many] = p50s
    const goal = what === 'revoke' ? REVOKE_GOAL : OCSP_GOAL
    const ratio = (many ?? Number.NaN) / (few ?? Number.NaN)
    goals.push(atMost(`certificates: ${what}: p50, times that with ${FEW.certificates}`, ratio, goal))
  }
  return goals
}

async function lists(authorities: readonly Authority[], print: (text: string) => void): Promise<Goal[]> {
  let slowest = 0
  for (const authority of authorities) {
    for (let nth = 0; nth < REBUILDS; nth++) {
      const { seconds, bytes } = await authority.rebuildShard()
      slowest = Math.max(slowest, seconds)
      if (nth === 0)
        print(
          `certificates: ${authority.name}: the list of a shard, ${bytes} bytes, in ${(seconds * 1000).toFixed(0)} ms\n`,
        )
    }
    for (const which of ['first', 'next']) {
      const { seconds, bytes } = await authority.rebuildAll()
      const mib = authority.mib.toFixed(0)
      print(
        `certificates: ${authority.name}: the ${which} list of all, ${bytes} bytes, in ${(seconds * 1000).toFixed(0)} ms; ${mib} MiB\n`,
      )
    }
  }
  return [atMost('certificates: seconds of the slowest list of a shard', slowest, REBUILD_GOAL_SECONDS)]
}
