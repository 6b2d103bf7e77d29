import { isJsonArray, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import type { Logical } from '../../sdk/logical.ts'
import type { Auth, Secret } from '../../sdk/secret.ts'
import { parseTexts } from '../arguments.ts'
import { command } from '../command.ts'
import { type ExitCode, Failure, misuse, remote } from '../failure.ts'
import { printField } from '../output/print.ts'
import { wrapped } from '../output/table.ts'
import { trimPath } from '../path.ts'
import { type Session, sendable } from '../session.ts'
import { askHidden, printLine, warn } from '../terminal.ts'
import { storeToken } from '../token-file.ts'
import { answerWith } from './answer.ts'
import { loginRequest } from './login-methods.ts'
import { requirementOf, shownFactors } from './login-mfa.ts'
import { oidcLogin } from './login-oidc.ts'
import { unwrapToken } from './unwrap.ts'

export const login = command({
  usage: '[options] [TOKEN | FIELD=VALUE...]',
  description:
    'Authenticates, and keeps the token for the commands that follow in ~/.egide-token.\n\n' +
    'Without -method, takes a token: it is asked for and not shown, or read from stdin with "-". ' +
    'Other methods take their fields, as "egide auth help METHOD" shows them.',
  args: [0, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: {
    method: { kind: 'text', help: 'Type of auth method. Default token.' },
    path: { kind: 'text', help: 'Where the method is enabled. Default: its type.' },
    'no-store': { kind: 'boolean', help: 'Do not keep the token: only show it.' },
    'no-print': { kind: 'boolean', help: 'Do not show the token: only keep it.' },
    'token-only': { kind: 'boolean', help: 'Print only the token, and do not keep it.' },
  },
  async run({ args, flags, session }) {
    const tokenOnly = flags['token-only'] === true
    const store = !tokenOnly && flags['no-store'] !== true
    const print = flags['no-print'] !== true
    if (!store && !print) throw misuse('-no-store and -no-print cannot be used together')
    const method = trimPath(flags.method ?? 'token') || 'token'
    const entered =
      method === 'token'
        ? await tokenLogin(session, args)
        : await methodLogin(session, method, trimPath(flags.path ?? method), args)
    const requirement = requirementOf(entered)
    const answer = requirement === undefined ? entered : await shownFactors(session, requirement)
    if (answer === undefined) return showRequirement(session, entered)
    if (answer.wrap_info !== undefined && !store) return showWrapping(session, answer, tokenOnly)
    const secret = await opened(session.anonymous, answer)
    if (store) keep(session, secret.auth.client_token)
    else if (!tokenOnly)
      warn(`${wrapped('The token was not stored. Set EGIDE_TOKEN to it for the commands that follow.')}\n`)
    return print ? show(session, secret, tokenOnly, store) : 0
  },
})

type LoggedIn = Secret & { readonly auth: Auth }

const NO_GOOD_TOKEN = 'The token is not one of this server, has run out, or was revoked.'

async function tokenLogin(session: Session, args: readonly string[]): Promise<Secret> {
  const first = args[0]
  const named = first === undefined || first.includes('=') ? args : [`token=${first}`, ...args.slice(1)]
  const given = (await parseTexts(named)).token
  const token = sendable((given ?? (await askToken(session))).trim(), 'this login')
  if (token === '') throw misuse('Error authenticating: a token must be given')
  const lookup = session.anonymous.with({ token }).read('auth/token/lookup-self')
  const found = await remote('Error authenticating: error looking up token', lookup, { forbidden: NO_GOOD_TOKEN })
  if (found === undefined || found.wrap_info !== undefined) {
    if (found !== undefined) return found
    throw new Failure('Error authenticating: empty response from lookup-self', 2)
  }
  return { ...found, data: null, auth: authOfLookup(found.data ?? {}, token) }
}

async function askToken(session: Session): Promise<string> {
  if (!session.interactive)
    throw misuse('Refusing to ask for a token with -non-interactive: give "-" to read it from stdin.')
  return askHidden('Token')
}

function authOfLookup(data: JsonObject, token: string): Auth {
  return {
    client_token: token,
    accessor: textOf(data.accessor),
    policies: [...textsOf(data.policies), ...textsOf(data.identity_policies)],
    token_policies: textsOf(data.policies),
    identity_policies: textsOf(data.identity_policies),
    metadata: null,
    orphan: data.orphan === true,
    entity_id: textOf(data.entity_id),
    lease_duration: typeof data.ttl === 'number' ? data.ttl : 0,
    renewable: data.renewable === true,
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: JsonValue | undefined): string[] {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A token that is still around must not be sent along: the login stands on its own. */
async function methodLogin(session: Session, method: string, mount: string, args: readonly string[]): Promise<Secret> {
  const fields = await parseTexts(args)
  const secret =
    method === 'oidc' && fields.jwt === undefined
      ? await oidcLogin(session, mount, fields)
      : await fieldsLogin(session, method, mount, fields)
  if (secret === undefined) throw new Failure('Error authenticating: empty response from the auth method', 2)
  return secret
}

async function fieldsLogin(
  session: Session,
  method: string,
  mount: string,
  fields: Readonly<Record<string, string>>,
): Promise<Secret | undefined> {
  const { path, body } = await loginRequest(method, mount, fields, session.interactive)
  const forbidden = `The method says no more. Is there an auth method at ${mount}/? "egide auth list" tells; -path says where it is.`
  return remote('Error authenticating', session.anonymous.write(path, body), { forbidden })
}

/** Takes a wrapped token out, so that it can be kept. */
async function opened(client: Logical, answer: Secret): Promise<LoggedIn> {
  const secret =
    answer.wrap_info === undefined
      ? answer
      : await remote('Error extracting token', unwrapToken(client.with({ token: answer.wrap_info.token }), undefined))
  if (secret?.auth === undefined) throw new Failure('Error extracting token: the answer holds no token', 2)
  return { ...secret, auth: secret.auth }
}

async function showRequirement(session: Session, secret: Secret): Promise<ExitCode> {
  warn(`${wrapped('The login waits for a second factor: show it with "egide write sys/mfa/validate".')}\n`)
  return answerWith(session, secret)
}

async function showWrapping(session: Session, secret: Secret, tokenOnly: boolean): Promise<ExitCode> {
  if (!tokenOnly) return answerWith(session, secret)
  await printField(session.format, secret, 'wrapping_token')
  return 0
}

function keep(session: Session, token: string): void {
  try {
    storeToken(token)
  } catch (error) {
    throw misuse(`Error storing token: ${error instanceof Error ? error.message : 'the file cannot be written'}`)
  }
  const overriding = session.tokenVariable
  if (overriding !== undefined) {
    warn(
      `${wrapped(`WARNING! The ${overriding} environment variable is set, and takes precedence over the token that was stored.`)}\n`,
    )
  }
}

async function show(session: Session, secret: LoggedIn, tokenOnly: boolean, stored: boolean): Promise<ExitCode> {
  if (tokenOnly) {
    await printField(session.format, secret, 'token')
    return 0
  }
  if (stored && session.format === 'table' && session.field === undefined) {
    const text =
      'Success! You are now authenticated. The token shown below is stored, and the commands that follow use it: there is no need to run "egide login" again.'
    printLine(`${wrapped(text)}\n`)
  }
  return answerWith(session, secret)
}
