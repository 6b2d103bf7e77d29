import type { Outcome } from '../load/plan.ts'
import { type Entrant, loadRow } from '../load/row-load.ts'
import { KV_READ } from '../rows/secret-rows.ts'
import type { Vault } from '../servers/vault.ts'

const WARM_UP_MS = 1000
const SATURATED_MS = 3000
/** Of what the server can do alone: the machine is to have room for what is done beside. */
const SHARE = 0.25

/** Reads of a secret at a rate that leaves room: what others are not to disturb. */
export class Reads {
  readonly perSecond: number
  readonly #entrant: Entrant

  private constructor(entrant: Entrant, perSecond: number) {
    this.#entrant = entrant
    this.perSecond = perSecond
  }

  static async of(vault: Vault): Promise<Reads> {
    const entrant = { name: vault.name, subject: vault, caller: vault, row: KV_READ }
    const { outcome } = await loadRow(entrant, { warmUpMs: WARM_UP_MS, durationMs: SATURATED_MS })
    return new Reads(entrant, (outcome.requests / outcome.seconds) * SHARE)
  }

  async during(seconds: number): Promise<Outcome> {
    const span = { warmUpMs: WARM_UP_MS, durationMs: seconds * 1000, ratePerSecond: this.perSecond }
    return (await loadRow(this.#entrant, span)).outcome
  }
}
