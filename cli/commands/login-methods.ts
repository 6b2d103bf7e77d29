import type { JsonObject } from '../../sdk/json.ts'
import { misuse } from '../failure.ts'
import { joinPath } from '../path.ts'
import { askHidden } from '../terminal.ts'

/** A login as the API takes it. */
export interface LoginRequest {
  readonly path: string
  readonly body: JsonObject
}

/** Methods that take a name in the path and a password in the body. */
const PASSWORD_METHODS = new Set(['userpass', 'ldap', 'radius'])

/** Methods that take what they need in the body, and the fields of each. */
const FIELD_METHODS: Readonly<Record<string, readonly string[]>> = {
  approle: ['role_id=…', 'secret_id=@FILE'],
  cert: ['name=…', '-client-cert=FILE', '-client-key=FILE'],
  jwt: ['role=…', 'jwt=@FILE'],
  kubernetes: ['role=…', 'jwt=@FILE'],
}

/** The request that logs in with any method but `token`. `fields` are those of the command line. */
export async function loginRequest(
  method: string,
  mount: string,
  fields: Readonly<Record<string, string>>,
  interactive: boolean,
): Promise<LoginRequest> {
  if (!PASSWORD_METHODS.has(method)) return { path: joinPath('auth', mount, 'login'), body: fields }
  const { username, ...others } = fields
  if (!username) throw misuse(`Error authenticating: the ${method} method needs username=NAME`)
  const password = fields.password ?? (await askPassword(interactive))
  return { path: joinPath('auth', mount, 'login', username), body: { ...others, password } }
}

async function askPassword(interactive: boolean): Promise<string> {
  const piped = 'give password=- to read it from stdin, where nothing may follow it, not even a newline.'
  if (!interactive) throw misuse(`Refusing to ask for a password with -non-interactive: ${piped}`)
  if (!process.stdin.isTTY) throw misuse(`There is no terminal to ask for the password on: ${piped}`)
  return askHidden('Password')
}

/** How to log in with a method, at its usual path or at `mount`; undefined for one that is not known here. */
export function loginHelp(method: string, mount?: string): string | undefined {
  const where = mount === undefined || mount === method ? '' : ` -path=${mount}`
  if (method === 'token') {
    return 'Log in with a token; it is asked for, and not shown:\n\n    egide login\n\nFrom stdin:\n\n    egide login - < FILE'
  }
  if (method === 'oidc') {
    return `Log in at the provider's page, with the role or with the method's default role:\n\n    egide login -method=oidc${where} role=…\n\nThe role says how the login comes back. Where a browser comes back to this command, port=8250, listenaddress=, callbackhost=, callbackport= and callbackmethod= say where to.`
  }
  if (PASSWORD_METHODS.has(method)) {
    return `Log in with a name and a password; the password is asked for, and not shown:\n\n    egide login -method=${method}${where} username=NAME\n\nFrom stdin:\n\n    egide login -method=${method}${where} username=NAME password=- < FILE`
  }
  const fields = Object.hasOwn(FIELD_METHODS, method) ? FIELD_METHODS[method] : undefined
  return fields && `Log in with:\n\n    egide login -method=${method}${where} ${fields.join(' ')}`
}
