import { createHash } from 'node:crypto'
import type { Clock } from '../../../engines/engine.ts'
import type { Reviewed } from './api-server.ts'
import { Brief } from './brief.ts'

/** What a review came to, and for which token. */
interface Outcome {
  readonly token: string
  readonly reviewed: Reviewed | undefined
}

/**
 * Reviews of tokens, each of which counts for a moment. Where tokens are known to be the cluster's own by their
 * signatures, one review counts for every new token of its service account and audiences: a thousand pods that start at
 * once cost the API server one.
 */
export class Reviews {
  readonly #own: Brief<Outcome>
  /** That one token of an account was refused, whose pod is gone, says nothing of the others. */
  readonly #shared: Brief<Outcome>

  constructor(clock: Clock, ttlSeconds: number) {
    this.#own = new Brief(clock, ttlSeconds)
    this.#shared = new Brief(clock, ttlSeconds, ({ reviewed }) => reviewed !== undefined)
  }

  /** `account` names whom the token is for; undefined: nobody knows that yet. Undefined: the cluster refuses the token. */
  async of(
    token: string,
    audiences: readonly string[],
    account: string | undefined,
    ask: () => Promise<Reviewed | undefined>,
  ): Promise<Reviewed | undefined> {
    const own = createHash('sha256')
      .update(JSON.stringify([token, audiences]))
      .digest('base64')
    const askOnce = (): Promise<Outcome> => this.#own.get(own, async () => ({ token: own, reviewed: await ask() }))
    if (account !== undefined && this.#own.known(own) === undefined) {
      const outcome = await this.#shared.get(JSON.stringify([account, audiences]), askOnce)
      if (outcome.reviewed !== undefined || outcome.token === own) return outcome.reviewed
    }
    return (await askOnce()).reviewed
  }
}
