import type { EngineContext } from '../../../engines/engine.ts'
import { outgoingFetch, Unreachable } from '../jwks/outgoing-fetch.ts'
import { type Certificate, pemOfText } from './certificate.ts'
import { type Chain, isSignedBy } from './chain.ts'
import { MountMemory } from './mount-memory.ts'
import { type OcspAnswer, ocspRequest, readOcspReply } from './ocsp-message.ts'
import type { CertRole, TrustedRole } from './role.ts'

/** Servers that one certificate is asked about. */
const SERVERS_MAX = 10
const REPLY_MAX_BYTES = 65_536

interface Remembered {
  /** Another document is another role: who may sign for it may have changed. */
  readonly role: CertRole
  readonly answer: Promise<OcspAnswer>
  /** Infinity while it is asked. */
  untilMs: number
}

const memory = new MountMemory<Remembered>()

/**
 * Why OCSP keeps the certificate out; undefined: it doesn't, or the role doesn't ask it. Answers are remembered for as
 * long as they say, `cacheSize` of them for each mount; logins at one time with one certificate ask once.
 */
export async function ocspRefusal(
  trusted: TrustedRole,
  chain: Chain,
  context: EngineContext,
  cacheSize: number,
): Promise<string | undefined> {
  const { role } = trusted
  const [certificate] = chain
  if (!role.ocspEnabled || certificate === undefined) return undefined
  try {
    const issuer = chain[1] ?? trusted.issuers.find((one) => isSignedBy(certificate, one))
    if (issuer === undefined) throw new Error("nobody's certificate issued it, so nobody can be asked")
    const { status } = await remembered(trusted, certificate, issuer, context, cacheSize)
    if (status === 'revoked') return 'OCSP says that it was revoked'
    if (status === 'unknown') throw new Error('the OCSP server does not know it')
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!role.ocspFailOpen) return `OCSP: ${reason}`
    context.log.warn({ role: role.name, reason }, 'a certificate lets in without word from OCSP, as its role allows')
    return undefined
  }
}

function remembered(
  trusted: TrustedRole,
  certificate: Certificate,
  issuer: Certificate,
  context: EngineContext,
  cacheSize: number,
): Promise<OcspAnswer> {
  const key = `${trusted.role.name} ${issuer.fingerprint} ${certificate.serial}`
  const known = memory.get(context, key)
  if (known?.role === trusted.role && known.untilMs > context.clock.now()) return known.answer
  const made: Remembered = {
    role: trusted.role,
    answer: askAll(trusted, certificate, issuer, context),
    untilMs: Number.POSITIVE_INFINITY,
  }
  memory.set(context, key, made, cacheSize)
  made.answer.then(
    ({ untilMs }) => {
      made.untilMs = untilMs
    },
    () => {
      made.untilMs = Number.NEGATIVE_INFINITY
    },
  )
  return made.answer
}

interface Silent {
  readonly role: CertRole
  readonly untilMs: number
}

/** Servers that could not be reached, by role and URL. */
const silent = new MountMemory<Silent>()
const SILENT_MS = 30_000
const SILENT_MAX = 100

/**
 * Asks one server. Where the role lets in without its answer, one that could not be reached is not asked again for a while:
 * each login would wait ten seconds for it, and let in then. A role that keeps out asks each time, and heals with the server.
 */
async function askUnlessSilent<T>(
  url: string,
  { role }: TrustedRole,
  context: EngineContext,
  ask: (url: string) => Promise<T>,
): Promise<T> {
  if (!role.ocspFailOpen) return ask(url)
  const key = `${role.name} ${url}`
  const known = silent.get(context, key)
  if (known?.role === role && known.untilMs > context.clock.now())
    throw new Unreachable(`a server could not be reached within the last ${SILENT_MS / 1000} seconds`)
  try {
    return await ask(url)
  } catch (error) {
    if (error instanceof Unreachable) {
      silent.set(context, key, { role, untilMs: context.clock.now() + SILENT_MS }, SILENT_MAX)
    }
    throw error
  }
}

/** The first answer that says something; where the role wants all to be asked, the worst. */
async function askAll(
  trusted: TrustedRole,
  certificate: Certificate,
  issuer: Certificate,
  context: EngineContext,
): Promise<OcspAnswer> {
  const { role, ocspSigners } = trusted
  const { clock, random } = context
  const named = role.ocspServersOverride.length > 0 ? role.ocspServersOverride : certificate.ocspUrls
  const servers = named.filter((url) => /^https?:/i.test(url)).slice(0, SERVERS_MAX)
  const fetch = outgoingFetch(
    { caPem: pemOfText(role.ocspCaCertificates), serverNames: [] },
    { replyMaxBytes: REPLY_MAX_BYTES },
  )
  const asked = async (url: string): Promise<OcspAnswer> => {
    const nonce = random.bytes(16)
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      body: ocspRequest(certificate, issuer, nonce),
    })
    if (reply.status !== 200) throw new Error(`a server answered with ${reply.status}`)
    const bytes = Buffer.from(await reply.arrayBuffer())
    return readOcspReply(bytes, { certificate, issuer, nonce, signers: ocspSigners, nowMs: clock.now() })
  }
  const ask = (url: string) => askUnlessSilent(url, trusted, context, asked)
  if (servers.length === 0) throw new Error('no server is named that could be asked')
  if (role.ocspQueryAllServers) return worstOf(await Promise.allSettled(servers.map(ask)))
  let failure: unknown
  for (const url of servers) {
    try {
      const answer = await ask(url)
      if (answer.status !== 'unknown') return answer
      failure = new Error('no server knows it')
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** One that says revoked decides, whatever happened to the others; that one said nothing is as bad as a failure. */
function worstOf(outcomes: readonly PromiseSettledResult<OcspAnswer>[]): OcspAnswer {
  const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const revoked = answers.find(({ status }) => status === 'revoked')
  if (revoked !== undefined) return revoked
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const unknown = answers.find(({ status }) => status === 'unknown')
  if (unknown !== undefined) return unknown
  return { status: 'good', untilMs: Math.min(...answers.map(({ untilMs }) => untilMs)) }
}
