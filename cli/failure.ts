import { ApiError, TransportError } from '../sdk/errors.ts'
import { isJsonObject, type JsonValue, parseJson } from '../sdk/json.ts'
import { isUntrusted } from '../sdk/unreachable.ts'

/**
 * What a process may end with: 0 done; 1 the command line or this machine; 2 the server (for `status`: sealed). From 2 to 6
 * of `pki health-check`: what it found.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6

interface FailureMore {
  readonly advice?: string
  readonly refusal?: ApiError
  readonly unreached?: boolean
  readonly showsUsage?: boolean
}

/** Ends the command with a message on stderr. No message holds a share, a token or a secret's value. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** What to do about it, for people: printed below the message. */
  readonly advice: string | undefined
  /** The server's refusal, if there was one. */
  readonly refusal: ApiError | undefined
  /** No server answered; one whose certificate is not trusted did. */
  readonly unreached: boolean
  /** The command's usage is printed below the message. */
  readonly showsUsage: boolean

  constructor(message: string, exitCode: ExitCode, more: FailureMore = {}) {
    super(message)
    this.exitCode = exitCode
    this.advice = more.advice
    this.refusal = more.refusal
    this.unreached = more.unreached === true
    this.showsUsage = more.showsUsage === true
  }
}

/** The command was used wrongly, or something on this machine is missing. */
export function misuse(message: string): Failure {
  return new Failure(message, 1)
}

/** As misuse, of arguments that are missing or too many. */
export function wrongArguments(message: string): Failure {
  return new Failure(message, 1, { showsUsage: true })
}

/** Why a file is of no use, for whoever named it. The operating system's own words name the call that failed as well. */
export function fileTrouble(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read'
  return ('code' in error && TROUBLES[String(error.code)]) || error.message
}

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission to read it is missing',
  EISDIR: 'it is a folder',
}

/**
 * Waits for the server, and says what was being done if it refuses or cannot be reached. `forbidden` is the advice for a 403,
 * where the usual one would be about another token than the one that was sent.
 */
export async function remote<T>(
  doing: string,
  answer: Promise<T>,
  { exitCode = 2, forbidden }: { exitCode?: ExitCode; forbidden?: string } = {},
): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof TransportError)) throw error
    const refusal = error instanceof ApiError ? error : undefined
    const told = error instanceof ApiError ? refusalText(error) : unreachableText(error)
    const advice = refusal?.status === 403 ? forbidden : undefined
    throw new Failure(doing === '' ? told : `${doing}: ${told}`, exitCode, {
      ...(refusal !== undefined && { refusal }),
      unreached: error instanceof TransportError && !isUntrusted(error.cause),
      ...(advice !== undefined && { advice }),
    })
  }
}

/** As `remote`, of what is read: where nothing is, the server's reason for that is told, if it has one. */
export async function found<T>(path: string, answer: Promise<T>): Promise<T> {
  try {
    return await remote(`Error reading ${path}`, answer)
  } catch (error) {
    const refusal = error instanceof Failure ? error.refusal : undefined
    if (refusal?.status !== 404) throw error
    throw new Failure([`No value found at ${path}`, ...refusal.errors].join(': '), 2)
  }
}

function unreachableText({ message, cause }: TransportError): string {
  return isUntrusted(cause) ? `${message}; -ca-cert or EGIDE_CACERT names a file of authorities to trust` : message
}

/** In the words of Vault's command line, which scripts look for. */
function refusalText({ asked: { method, url, namespace }, status, errors, raw }: ApiError): string {
  const where = namespace === '' ? '' : `Namespace: ${namespace}\n`
  const head = `Error making API request.\n\n${where}URL: ${method} ${url}\nCode: ${status}. `
  const told = raw === '' ? errors : warningsIn(raw)
  return told === undefined
    ? `${head}Raw Message:\n\n${raw}`
    : `${head}Errors:\n\n${told.map((error) => `* ${error}`).join('\n')}`
}

/** What an answer without errors says in warnings: a path that is no store's, and what to use instead. */
function warningsIn(raw: string): readonly string[] | undefined {
  const body = jsonIn(raw)
  const warnings = isJsonObject(body) && Array.isArray(body.warnings) ? body.warnings : []
  return warnings.length > 0 && warnings.every((warning) => typeof warning === 'string') ? warnings : undefined
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
