import { isIP } from 'node:net'
import Type from 'typebox'
import { canonicalAddress, isWithin } from '../../cidr.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { isPlainText } from '../plain-text.ts'
import { allowsAny, items, type OtpRole, ROLES, roleNamed } from '../roles/role.ts'
import { forgetPassword, keepPassword, usePassword } from './passwords.ts'
import { zeroAddress, zeroAddressRoles } from './zero-address.ts'

/** One-time passwords: https://openbao.org/api-docs/secret/ssh/#generate-ssh-credentials */

const credsFields = {
  role: field.nameWithAt({ required: true, description: 'Role of type otp.' }),
  ip: field.text({ default: '', description: 'Address of the host' }),
  username: field.text({ default: '', description: "User at the host; the role's default_user" }),
}
const verifyFields = { otp: field.text({ default: '', description: 'The password, or verify-echo-request' }) }
const lookupFields = { ip: field.text({ default: '', description: 'Address of a host' }) }

const CredsReply = Type.Object({
  key: Type.String({ description: 'The password' }),
  key_type: Type.String(),
  username: Type.String(),
  ip: Type.String(),
  port: Type.Integer(),
})
const VerifyReply = Type.Object({
  username: Type.Optional(Type.String()),
  ip: Type.Optional(Type.String()),
  role_name: Type.Optional(Type.String()),
  message: Type.Optional(Type.String({ description: 'The answer to verify-echo-request' })),
})

export const otpRoutes: readonly Route[] = [
  route('creds/:role', {
    summary: 'Make a one-time password',
    fields: credsFields,
    returns: CredsReply,
    auditClear: ['role', 'ip', 'username', 'key_type', 'port'],
    operations: { update: create },
  }),
  route('verify', {
    summary: 'Use up a one-time password: what hosts ask when somebody logs in',
    fields: verifyFields,
    access: 'none',
    returns: VerifyReply,
    auditClear: ['username', 'ip', 'role_name', 'message'],
    operations: { update: verify },
  }),
  route('lookup', {
    summary: 'Roles that give one-time passwords for an address',
    fields: lookupFields,
    returns: Type.Object({ roles: Type.Array(Type.String()) }),
    auditClear: ['ip', 'roles'],
    operations: { update: { handler: lookUp, pure: true } },
  }),
  zeroAddress,
]

export const OTP_LEASE = 'otp'

async function create({ fields }: EngineRequest<typeof credsFields>, context: EngineContext): Promise<Reply> {
  const { store, random, clock, mount } = context
  const ip = hostAddress(fields.ip)
  const role = await roleNamed(store, fields.role)
  if (role === undefined) throw invalid('unknown role')
  if (role.keyType !== 'otp') throw invalid(`role key type '${role.keyType}' gives no one-time passwords`)
  const username = fields.username === '' ? role.defaultUser : fields.username
  checkUser(username, role)
  if (!accepts(role, ip) && !(await zeroAddressRoles(store)).includes(fields.role)) {
    throw invalid('Error validating IP: IP does not belong to role')
  }
  const password = random.uuid()
  const expiresAtMs = clock.now() + mount.defaultLeaseTtlSeconds * 1000
  const hash = await keepPassword(password, { username, ip, role: fields.role, expiresAtMs }, context)
  return {
    data: { key: password, key_type: 'otp', username, ip, port: role.port },
    lease: { type: OTP_LEASE, ttlSeconds: 0, maxTtlSeconds: 0, renewable: false, internal: { hash } },
  }
}

/** In the form that hosts write their own addresses in. */
function hostAddress(text: string): string {
  if (text === '') throw invalid('Missing ip')
  if (isIP(text) === 0 || text.includes('%')) throw invalid('Invalid IP: expected an IPv4 or IPv6 address')
  return canonicalAddress(text)
}

const USERNAME_MAX = 255

function checkUser(username: string, { defaultUser, allowedUsers }: OtpRole): void {
  if (username === defaultUser) return
  if (items(allowedUsers).length === 0) {
    throw invalid('Username has to be either in allowed users list or has to be a default username')
  }
  if (!allowsAny(allowedUsers) && !items(allowedUsers).includes(username)) {
    throw invalid('Username is not present in allowed users list')
  }
  if (!isPlainText(username, USERNAME_MAX)) throw invalid('username is not the name of a user')
}

function accepts({ cidrs, excludedCidrs }: OtpRole, ip: string): boolean {
  // An empty list would bind nothing.
  const isIn = (blocks: readonly string[]): boolean => blocks.length > 0 && isWithin(blocks, ip)
  return isIn(cidrs) && !isIn(excludedCidrs)
}

/** What the helper on a host asks to see whether it is connected: https://github.com/hashicorp/vault-ssh-helper */
const ECHO_REQUEST = 'verify-echo-request'
const ECHO_RESPONSE = 'verify-echo-response'
const PASSWORD_MAX = 64

async function verify({ fields: { otp } }: EngineRequest<typeof verifyFields>, context: EngineContext): Promise<Reply> {
  if (otp === ECHO_REQUEST) return { data: { message: ECHO_RESPONSE } }
  const found = otp === '' || otp.length > PASSWORD_MAX ? undefined : await usePassword(otp, context)
  if (found === undefined) throw invalid('OTP not found')
  return { data: { username: found.username, ip: found.ip, role_name: found.role } }
}

async function lookUp({ fields }: EngineRequest<typeof lookupFields>, { store }: EngineContext): Promise<Reply> {
  const ip = hostAddress(fields.ip)
  const found = new Set(await zeroAddressRoles(store))
  for (const name of await store.list(ROLES)) {
    const role = await roleNamed(store, name)
    if (role?.keyType === 'otp' && accepts(role, ip)) found.add(name)
  }
  return { data: { roles: [...found].sort() } }
}

/** A password ends with its lease. One that was used is gone already. */
export async function revokePassword(internal: Readonly<Record<string, unknown>>, { store }: EngineContext) {
  const { hash } = internal
  if (typeof hash === 'string') await store.transaction((tx) => forgetPassword(tx, hash))
}
