import type { Client } from '../../sdk/client.ts'
import { ApiError } from '../../sdk/errors.ts'
import { type LifetimeWatcher, watchToken } from '../../sdk/lifetime.ts'

/** How often it is looked whether there is another token, or one that is not kept alive yet. */
const LOOK_MS = 2_000

/**
 * Keeps the token in use alive for as long as it can be renewed. Another token is followed when it comes; while the server
 * can't be asked, it is asked again later.
 */
export class Renewal {
  readonly #client: Client
  readonly #token: () => string | undefined
  readonly #tell: (message: string) => void
  readonly #timer: NodeJS.Timeout
  #watched: string | undefined
  #watcher: LifetimeWatcher | undefined
  #looking = false

  constructor(client: Client, token: () => string | undefined, tell: (message: string) => void) {
    this.#client = client
    this.#token = token
    this.#tell = tell
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
    void this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#watcher?.stop()
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    let token: string | undefined
    try {
      token = this.#token()
      if (token === undefined || token === this.#watched) return
      this.#watcher?.stop()
      this.#watcher = await watchToken(this.#client)
      this.#watched = token
      this.#watcher.on('ended', ({ reason }) => {
        if (reason !== 'not_renewable') this.#tell(`the token is not renewed any more: ${reason}`)
      })
    } catch (error) {
      // The server is away, or the file for a moment: it is looked again. What may not be looked up can't be renewed either.
      if (error instanceof ApiError && error.code === 'permission_denied') this.#watched = token
    } finally {
      this.#looking = false
    }
  }
}
