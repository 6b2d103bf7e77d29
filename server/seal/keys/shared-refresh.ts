import type { Watch } from '../../../storage/watch.ts'

/** Refreshes when another process may have changed something; all who ask while a refresh is under way wait for that one. */
export class SharedRefresh {
  readonly #watch: Watch
  readonly #refresh: () => Promise<void>
  #underWay: Promise<void> | undefined

  constructor(watch: Watch, refresh: () => Promise<void>) {
    this.#watch = watch
    this.#refresh = refresh
  }

  /** Undefined: nothing has changed, and no refresh is under way. */
  catchUp(): Promise<void> | undefined {
    if (!this.#watch.hasChanged) return this.#underWay
    this.#watch.look()
    const before = this.#underWay
    const underWay: Promise<void> = this.#lookAgain(before).finally(() => {
      if (this.#underWay === underWay) this.#underWay = undefined
    })
    this.#underWay = underWay
    return underWay
  }

  async #lookAgain(before: Promise<void> | undefined): Promise<void> {
    try {
      await before
      await this.#refresh()
    } catch (error) {
      this.#watch.forgetAll() // what was not seen is still to be seen
      throw error
    }
  }

  end(): void {
    this.#watch.end()
  }
}
