/**
 * What the log says of an error. A message is shown only of errors whose authors keep values out of it: ours, the
 * operating system's and SQLite's. Any other message may quote what it choked on (JSON.parse does, and Node's argument
 * checks do), so of those the log has the type, the code, and where it was thrown.
 */
export interface LoggedError {
  readonly type: string
  readonly code?: string
  readonly message?: string
  /** Frames alone: the first lines of a stack repeat the message. */
  readonly stack?: string
  readonly cause?: LoggedError
}

/** Names of errors whose messages hold no secret, by the contract that stands at each of them. */
const PLAIN_SPOKEN: ReadonlySet<string> = new Set([
  'CoercionError',
  'ConfigError',
  'DecryptFailed',
  'EgideError',
  'EncodingError',
  'HclError',
  'KeysReleased',
  'PolicyError',
  'RouteClash',
  'ShamirError',
  'SqliteError',
  'StorageError',
  'TermUnknown',
])

const CAUSES_MAX = 5
const MESSAGE_MAX_CHARS = 1000
const FRAMES_MAX = 20

export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: error === null ? 'null' : typeof error }
  const code = codeOf(error)
  const stack = framesOf(error.stack)
  const hasCause = error.cause !== undefined && depth < CAUSES_MAX
  return {
    type: error.name.slice(0, 100),
    ...(code === undefined ? {} : { code }),
    ...(isPlainSpoken(error) ? { message: error.message.slice(0, MESSAGE_MAX_CHARS) } : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(hasCause ? { cause: loggedError(error.cause, depth + 1) } : {}),
  }
}

function isPlainSpoken(error: Error): boolean {
  return PLAIN_SPOKEN.has(error.name) || ('syscall' in error && typeof error.syscall === 'string')
}

function codeOf(error: Error): string | undefined {
  if (!('code' in error)) return undefined
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code).slice(0, 100) : undefined
}

function framesOf(stack: string | undefined): string | undefined {
  const frames = stack?.split('\n').filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line))
  return frames === undefined || frames.length === 0 ? undefined : frames.slice(0, FRAMES_MAX).join('\n')
}
