import { standardLine } from './log-format.ts'

export type LogFormat = 'standard' | 'json'

/** Lines and characters that wait for one reader at most. */
const WAITING_MAX_LINES = 512
const WAITING_MAX_CHARS = 1024 * 1024

/**
 * The log lines for one reader who may be slow. What does not fit while it is busy is lost to it, and it is told how much.
 * It is read once.
 */
export class LogStream implements AsyncIterable<string> {
  readonly #format: LogFormat
  readonly #onEnd: () => void
  #waiting: string[] = []
  #waitingChars = 0
  #lost = 0
  #ended = false
  #wake: (() => void) | undefined

  constructor(format: LogFormat, onEnd: () => void) {
    this.#format = format
    this.#onEnd = onEnd
  }

  /** `line` is JSON without its end. */
  push(line: string): void {
    if (this.#ended) return
    if (this.#waiting.length >= WAITING_MAX_LINES || this.#waitingChars + line.length > WAITING_MAX_CHARS) {
      this.#lost++
      return
    }
    this.#waiting.push(line)
    this.#waitingChars += line.length
    this.#wake?.()
  }

  /** What waits is still delivered. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (;;) {
        const text = this.#take()
        if (text !== '') yield text
        else if (this.#ended) return
        else await this.#news()
      }
    } finally {
      this.end()
    }
  }

  /** All that waits, as one piece: a burst is one write. */
  #take(): string {
    const lines = this.#format === 'json' ? this.#waiting : this.#waiting.map(standardLine)
    if (this.#lost > 0) lines.push(this.#lossNotice(this.#lost))
    this.#waiting = []
    this.#waitingChars = 0
    this.#lost = 0
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }

  #lossNotice(lost: number): string {
    const msg = `${lost} log lines were lost here: they came faster than they were read`
    return this.#format === 'json' ? JSON.stringify({ level: 'warn', lost, msg }) : `[WARN]  ${msg}`
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}
