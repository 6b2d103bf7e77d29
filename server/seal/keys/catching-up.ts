import type { Watch } from '../../../storage/watch.ts'

/** Takes up what other processes did, as soon as there may be something to see; whoever asks meanwhile waits for the same look. */
export class CatchingUp {
  readonly #watch: Watch
  readonly #refresh: () => Promise<void>
  #underWay: Promise<void> | undefined

  constructor(watch: Watch, refresh: () => Promise<void>) {
    this.#watch = watch
    this.#refresh = refresh
  }

  /** Undefined: there is nothing to see. */
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
