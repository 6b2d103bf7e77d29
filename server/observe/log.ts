import { type DestinationStream, destination, type Level, type Logger, pino, symbols } from 'pino'
import type { Clock, Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { LogLevel } from '../../engines/system/services/operations.ts'
import { loggedError } from './log-error.ts'
import { standardLine } from './log-format.ts'
import { type LogFormat, LogStream } from './log-stream.ts'
import { withoutTokens } from './token-text-filter.ts'

export type { LogLevel }

/** Readers at a time: each costs a copy of every line. */
const STREAMS_MAX = 32

/**
 * Names of fields that would hold a secret if somebody logged one by mistake. Logs take no secrets by contract; this
 * limits what a slip costs.
 */
const SECRET_NAMES = [
  'authorization',
  'ciphertext',
  'client_token',
  'clientToken',
  'key',
  'keys',
  'otp',
  'password',
  'plaintext',
  'secret',
  'secret_id',
  'secretId',
  'share',
  'shares',
  'token',
  'value',
]

export interface ServerLogOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  readonly clock: Clock
  /** Which of the processes of this server writes; undefined: the only one. */
  readonly worker?: number | undefined
  /** Takes whole lines, each with its end. Absent: the process's standard error, written before the call returns. */
  readonly write?: (line: string) => void
}

/** The server's log, and the readers that follow it. */
export class ServerLog implements Log {
  readonly #logger: Logger
  readonly #format: LogFormat
  readonly #write: (line: string) => void
  readonly #readers = new Map<LogStream, number>()
  #configured: LogLevel
  /** An operator's, who changed it since the configuration was read. */
  #changed: LogLevel | undefined

  constructor(options: ServerLogOptions) {
    this.#configured = options.level
    this.#format = options.format
    this.#write = options.write ?? standardError()
    this.#logger = pino(
      {
        level: options.level,
        base: options.worker === undefined ? null : { worker: options.worker },
        timestamp: () => `,"time":"${new Date(options.clock.now()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }), log: shortened },
        hooks: {
          logMethod([fields, message = ''], write) {
            write.call(this, fields, shortText(message))
          },
        },
        serializers: { err: loggedError, error: shownError },
        redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      },
      this.#destination(),
    )
  }

  /** From which on lines are written; readers have the level they asked for. */
  get level(): LogLevel {
    return this.#changed ?? this.#configured
  }

  /** What `change` was last told. */
  get changedLevel(): LogLevel | undefined {
    return this.#changed
  }

  /** Takes over the level of the configuration, from the next line on. */
  configure(level: LogLevel): void {
    this.#tellChange(level, () => {
      this.#configured = level
      this.#changed = undefined
    })
  }

  /** Another level from the next line on, until `configure`; undefined: that of the configuration. */
  change(level: LogLevel | undefined): void {
    this.#tellChange(level ?? this.#configured, () => {
      this.#changed = level
    })
  }

  trace(fields: object, message: string): void {
    this.#logger.trace(fields, message)
  }

  debug(fields: object, message: string): void {
    this.#logger.debug(fields, message)
  }

  info(fields: object, message: string): void {
    this.#logger.info(fields, message)
  }

  warn(fields: object, message: string): void {
    this.#logger.warn(fields, message)
  }

  error(fields: object, message: string): void {
    this.#logger.error(fields, message)
  }

  /** The same log with fields that stand in each line, such as `requestId`. */
  with(fields: Readonly<Record<string, string | number | boolean>>): Log {
    const logger = this.#logger.child(fields)
    const followed = this.#logger
    // A child has a level of its own, made when it was: it must follow the log's.
    const at = (level: Level) => (more: object, message: string) => {
      if (!followed.isLevelEnabled(level)) return
      logger.level = followed.level
      logger[level](more, message)
    }
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  }

  /**
   * Follows the log from `level` up, whatever the log's own level, until `signal` aborts, the reader stops or `endStreams`
   * is called. Throws EgideError `rate_limited` when too many follow already.
   */
  stream(level: LogLevel, format: LogFormat, signal?: AbortSignal): LogStream {
    if (this.#readers.size >= STREAMS_MAX) throw new EgideError('rate_limited', 'too many readers follow the log')
    const onAbort = () => stream.end()
    const stream = new LogStream(format, () => {
      signal?.removeEventListener('abort', onAbort)
      this.#readers.delete(stream)
      this.#settle()
    })
    this.#readers.set(stream, rank(level))
    this.#settle()
    if (signal?.aborted) stream.end()
    else signal?.addEventListener('abort', onAbort)
    return stream
  }

  /** How many follow the log. */
  get streams(): number {
    return this.#readers.size
  }

  /** When the server is sealed or stops. */
  endStreams(): void {
    for (const stream of [...this.#readers.keys()]) stream.end()
  }

  /** That it changed is told at the more talkative of both levels: who looks for lines that are missing must find it. */
  #tellChange(logLevel: LogLevel, change: () => void): void {
    const before = this.level
    const tell = (): void => this.info({ logLevel }, 'the log has another level')
    if (rank(before) < rank(logLevel)) tell()
    change()
    this.#settle()
    if (rank(before) > rank(logLevel)) tell()
  }

  /** pino makes only the lines that somebody wants. */
  #settle(): void {
    const least = Math.min(rank(this.level), ...this.#readers.values())
    this.#logger.level = pino.levels.labels[least] ?? this.level
  }

  #destination(): DestinationStream {
    const write = (line: string) => this.#take(withoutTokens(line.trimEnd()), stream.lastLevel)
    // With this mark pino leaves the level of each line in `lastLevel`.
    const stream = { [symbols.needsMetadataGsym]: true, lastLevel: 0, write }
    return stream
  }

  #take(line: string, level: number): void {
    if (level >= rank(this.level)) this.#write(`${this.#format === 'json' ? line : standardLine(line)}\n`)
    for (const [stream, least] of this.#readers) {
      if (level >= least) stream.push(line)
    }
  }
}

/** Names that callers give stand in some lines: who has no token must not fill the log with them. */
const TEXT_MAX_CHARS = 1000

function shortened(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? shortText(value) : value]),
  )
}

/** A token that the cut would fall into is blanked before. */
function shortText(text: string): string {
  if (text.length <= TEXT_MAX_CHARS) return text
  return `${withoutTokens(text.slice(0, 2 * TEXT_MAX_CHARS)).slice(0, TEXT_MAX_CHARS)}...`
}

function rank(level: LogLevel): number {
  return pino.levels.values[level] ?? pino.levels.values.info ?? 0
}

/** `error` is text where the author knew what it says, else an error as `err` is. */
function shownError(value: unknown): unknown {
  return typeof value === 'string' ? value : loggedError(value)
}

/** What is kept for a standard error that takes nothing, such as a file on a full disk. Past it lines are lost. */
const UNWRITTEN_MAX_BYTES = 1024 * 1024

/** Written before `write` returns, so that the last words of a process that dies are there. */
function standardError(): (line: string) => void {
  const stderr = destination({ dest: 2, sync: true, maxLength: UNWRITTEN_MAX_BYTES })
  // A vault does not stop for want of a place for its log.
  stderr.on('error', () => undefined)
  return (line) => stderr.write(line)
}
