import { setImmediate as nextTurn } from 'node:timers/promises'
import { textOf } from '../../../engines/coerce.ts'
import {
  type AuthGrant,
  type Connection,
  type EngineContext,
  type EngineRequest,
  type LoginAttempt,
  type Reply,
  route,
} from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { isSamePolicies } from '../policy-names.ts'
import { tokenGrant } from '../token-parameters.ts'
import { requireRoleUnchanged, roleOfLogin } from '../unchanged.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { ChainFinder, rejectionReason } from './chain.ts'
import { type CertConfig, configOf } from './config.ts'
import { extensionText, unmetConstraint } from './constraints.ts'
import { revocations } from './crls.ts'
import { ocspRefusal } from './ocsp.ts'
import { ROLES, roleNamed, type TrustedRole, trusted } from './role.ts'

/** `auth/cert/login`: https://openbao.org/api-docs/auth/cert/#login-with-tls-certificate-method */

const fields = {
  name: field.text({ default: '', description: 'The role to log in to; absent: the first that the certificate fits' }),
}

export const login = route('login', {
  summary: "Log in with the certificate of the connection's client",
  fields,
  access: 'none',
  auditClear: ['name'],
  operations: {
    update: (request, context: EngineContext) => refusing(context, request.fields.name, () => logIn(request, context)),
  },
})

/** A certificate that lets nobody in. `message` is for the log: callers learn that a login failed and nothing else. */
class CertificateRefused extends Error {
  override readonly name = 'CertificateRefused'
}
const refused = (reason: string): CertificateRefused => new CertificateRefused(reason)

/** What all refusals say. */
const REFUSED = 'invalid certificate or no client certificate supplied'

/** Logs why a certificate was refused, under which role, and throws what tells the caller nothing of it. */
async function refusing<T>({ log, mount }: EngineContext, role: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CertificateRefused)) throw error
    log.info({ mount: mount.path, role, reason: error.message }, 'a login was refused')
    throw invalid(REFUSED)
  }
}

async function logIn(request: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  const config = await configOf(context)
  const shown = shownCertificates(request.connection)
  const { certificate } = shown
  const { role } = await roleThatTrusts(shown, request.fields.name, config, context)
  const metadata: Record<string, string> = {
    cert_name: role.name,
    common_name: certificate.commonName,
    serial_number: certificate.serial,
    subject_key_id: hexOf(certificate.subjectKeyId),
    authority_key_id: hexOf(certificate.authorityKeyId),
  }
  for (const oid of role.allowedMetadataExtensions) {
    const text = extensionText(certificate, oid)
    if (text !== undefined) metadata[oid.replaceAll('.', '-')] = text
  }
  const alias = { name: certificate.commonName, metadata: config.enableIdentityAliasMetadata ? metadata : {} }
  const auth: AuthGrant = {
    ...grantOf(role, request.connection),
    displayName: role.displayName,
    meta: metadata,
    renewable: true,
    role: role.name.toLowerCase(),
    internal: {
      role: role.name,
      uid: role.uid,
      certificate: certificate.fingerprint,
      policies: role.token.policies,
    },
    within: requireRoleUnchanged(role, (store) => roleNamed(role.name, { store })),
    // Certificates without a common name have nothing in common that could tell one from another.
    ...(certificate.commonName !== '' && { alias }),
  }
  return { auth }
}

/** The role that a login would be for; undefined where it would be refused. */
export async function loginRole(
  { data, connection }: LoginAttempt,
  context: EngineContext,
): Promise<string | undefined> {
  try {
    const name = textOf(data.name)
    return (await roleThatTrusts(shownCertificates(connection), name, await configOf(context), context)).role.name
  } catch (error) {
    if (error instanceof CertificateRefused) return undefined
    throw error
  }
}

function grantOf({ name, token }: TrustedRole['role'], connection: Connection): ReturnType<typeof tokenGrant> {
  try {
    return tokenGrant(token, connection)
  } catch {
    throw refused(`role ${name}: it does not let in from ${connection.remoteAddress}`)
  }
}

/** Terms of the renewal of a token: as the role is now, for who shows the certificate that it was made for. */
export function renewAuth(
  internal: Readonly<Record<string, unknown>>,
  context: EngineContext,
  connection: Connection,
): Promise<Partial<AuthGrant>> {
  return refusing(context, String(internal.role), () => renewedTerms(internal, context, connection))
}

async function renewedTerms(
  internal: Readonly<Record<string, unknown>>,
  context: EngineContext,
  connection: Connection,
): Promise<Partial<AuthGrant>> {
  const config = await configOf(context)
  const role = roleOfLogin(await roleNamed(String(internal.role), context), internal)
  const before = Array.isArray(internal.policies) ? internal.policies : []
  if (!isSamePolicies(role.token.policies, before)) throw invalid('policies have changed, not renewing')
  if (!config.disableBinding) {
    const shown = shownCertificates(connection)
    if (shown.certificate.fingerprint !== internal.certificate)
      throw invalid('the certificate of the client is not that of the login, not renewing')
    await roleThatTrusts(shown, role.name, config, context)
  }
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}

interface Shown {
  readonly certificate: Certificate
  readonly intermediates: readonly Certificate[]
}

function shownCertificates({ peerChain, tls }: Connection): Shown {
  if (peerChain === undefined) throw refused(tls ? 'the listener asks for none' : 'the connection is not over TLS')
  const [own, ...others] = peerChain()
  if (own === undefined) throw refused('the client showed none')
  try {
    return { certificate: readCertificate(own), intermediates: others.flatMap(readable) }
  } catch (error) {
    throw refused(`the certificate cannot be read: ${String(error)}`)
  }
}

/** What can't be read leads nowhere. */
function readable(der: Uint8Array): readonly Certificate[] {
  try {
    return [readCertificate(der)]
  } catch {
    return []
  }
}

/** The first role that lets the certificate in: those for one certificate first, then by name. Throws the refusal. */
async function roleThatTrusts(
  { certificate, intermediates }: Shown,
  name: string,
  config: CertConfig,
  context: EngineContext,
): Promise<TrustedRole> {
  const nowMs = context.clock.now()
  const unfit = rejectionReason(certificate, nowMs)
  if (unfit !== undefined) throw refused(unfit)
  const roles = await candidates(name, config, context)
  const finder = new ChainFinder(certificate, intermediates, nowMs)
  const trial = { certificate, finder, isRevoked: await revocations(context), ocspCacheSize: config.ocspCacheSize }
  const reasons: string[] = []
  for (const one of roles) {
    const reason = await refusalBy(one, trial, context)
    if (reason === undefined) return one
    if (reason !== STRANGER) reasons.push(`role ${one.role.name}: ${reason}`)
  }
  throw refused(reasons.length === 0 ? STRANGER : reasons.slice(0, 5).join('; '))
}

/** Roles that are read before others get their turn: reading one's certificate takes a tenth of a millisecond. */
const AT_ONCE = 100

async function candidates(name: string, config: CertConfig, context: EngineContext): Promise<readonly TrustedRole[]> {
  const names = name === '' ? await context.store.list(ROLES) : [name]
  const roles: TrustedRole[] = []
  for (const [index, one] of names.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await nextTurn()
    const role = await roleNamed(one, context)
    if (role !== undefined) roles.push(trusted(role, context, config.roleCacheSize))
  }
  return [...roles.filter(({ isPinned }) => isPinned), ...roles.filter(({ isPinned }) => !isPinned)]
}

const STRANGER = 'nobody who is trusted vouches for it'

/** What each role judges a login by. */
interface Trial {
  readonly certificate: Certificate
  /** Of the chains that lead from the certificate to the anchors of a role. */
  readonly finder: ChainFinder
  readonly isRevoked: (chain: readonly Certificate[]) => boolean
  readonly ocspCacheSize: number
}

/** Why the role does not let the certificate in; undefined: it does. */
async function refusalBy(
  one: TrustedRole,
  { certificate, finder, isRevoked, ocspCacheSize }: Trial,
  context: EngineContext,
): Promise<string | undefined> {
  const chains = finder.to(one.anchors)
  if (chains.length === 0) return STRANGER
  const unmet = unmetConstraint(one.role, certificate)
  if (unmet !== undefined) return `${unmet} is not met`
  let reason: string | undefined = 'a revocation list names it or its issuers'
  for (const chain of chains.filter((chain) => !isRevoked(chain))) {
    reason = await ocspRefusal(one, chain, context, ocspCacheSize)
    if (reason === undefined) break
  }
  return reason
}

const hexOf = (bytes: Buffer | undefined): string => bytes?.toString('hex').replaceAll(/..(?=.)/g, '$&:') ?? ''
