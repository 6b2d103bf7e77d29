import { createHash, X509Certificate } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import http from 'node:http'
import { BlockList, isIP } from 'node:net'
import tls from 'node:tls'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { Certificate, type GeneralName, SubjectAlternativeName } from '@peculiar/asn1-x509'
import { ipBytes, isAddress } from '../x509/alt-names.ts'
import type { AcmeConfig, ChallengeType, Identifier } from './documents.ts'
import { Problem } from './problem.ts'

/** Asks whoever has a name to prove it (RFC 8555, 8; RFC 8737). All that is read is bounded, in size and in time. */

const TIMEOUT_MS = 10_000
/** One try with all that it asks: whoever redirects, and has many addresses that are slow, is not waited for at each anew. */
const TRY_MS = 30_000
const BODY_MAX = 4_096
const REDIRECTS_MAX = 5
/** Answers of 1xx before the one that counts: each costs time to read, and there may be any number. */
const INFORMATION_MAX = 10

export interface Proof {
  readonly identifier: Identifier
  readonly type: ChallengeType
  readonly token: string
  /** Of the account's key. */
  readonly thumbprint: string
}

type Settings = Pick<AcmeConfig, 'dns_resolver' | 'http_challenge_port' | 'tls_alpn_challenge_port'>

/** Resolves when the proof is there. Throws Problem for what is missing, wrong, or not there within `tryMs`. */
export async function validate(proof: Proof, settings: Settings, tryMs = TRY_MS): Promise<void> {
  const signal = AbortSignal.timeout(tryMs)
  const late = new Promise<never>((_, reject) => {
    const problem = new Problem(
      'connection',
      `${proof.identifier.value} could not be asked within ${tryMs / 1000} seconds`,
    )
    signal.addEventListener('abort', () => reject(problem), { once: true })
  })
  return Promise.race([late, asked(proof, settings, signal)])
}

function asked(proof: Proof, settings: Settings, signal: AbortSignal): Promise<void> {
  const keyAuthorization = `${proof.token}.${proof.thumbprint}`
  if (proof.type === 'dns-01') return validateDns(proof.identifier.value, keyAuthorization, settings)
  if (proof.type === 'http-01') return validateHttp(proof, keyAuthorization, settings, signal)
  return validateTls(proof.identifier, keyAuthorization, settings, signal)
}

function resolverOf({ dns_resolver: server }: Settings): Resolver {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  if (server !== '') resolver.setServers([server])
  return resolver
}

async function validateDns(name: string, keyAuthorization: string, settings: Settings): Promise<void> {
  const expected = createHash('sha256').update(keyAuthorization).digest('base64url')
  let records: readonly string[][]
  try {
    records = await resolverOf(settings).resolveTxt(`_acme-challenge.${name}`)
  } catch {
    throw new Problem('dns', `no TXT record was found at _acme-challenge.${name}`)
  }
  if (!records.some((parts) => parts.join('') === expected)) {
    throw new Problem('incorrectResponse', `no TXT record at _acme-challenge.${name} holds the proof`)
  }
}

/** Where clouds tell a machine's own secrets to whoever asks from it, and no name that is proven lies. */
const NOT_ASKED = new BlockList()
NOT_ASKED.addSubnet('169.254.0.0', 16, 'ipv4')
NOT_ASKED.addSubnet('fe80::', 10, 'ipv6')
// The same as a translator to IPv4 has it (RFC 6052, 2.1).
NOT_ASKED.addSubnet('64:ff9b::169.254.0.0', 112, 'ipv6')
// Of AWS, Google and Alibaba, which are no link-local addresses.
NOT_ASKED.addAddress('fd00:ec2::254', 'ipv6')
NOT_ASKED.addAddress('fd20:ce::254', 'ipv6')
NOT_ASKED.addAddress('100.100.100.200', 'ipv4')

/** Addresses of a name, or the address itself. Throws Problem dns, and connection for one that is not asked. */
async function addressesOf(identifier: Identifier, settings: Settings): Promise<readonly string[]> {
  const all = await foundAddresses(identifier, settings)
  const asked = all.filter((address) => !NOT_ASKED.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
  if (asked.length === 0) throw new Problem('connection', `${identifier.value} is an address that is not asked`)
  return asked
}

async function foundAddresses({ type, value }: Identifier, settings: Settings): Promise<readonly string[]> {
  if (type === 'ip') return [value]
  const resolver = resolverOf(settings)
  const of = (lookup: Promise<string[]>): Promise<string[]> => lookup.catch(() => [])
  const [four, six] = await Promise.all([of(resolver.resolve4(value)), of(resolver.resolve6(value))])
  // The machine's own names (its hosts file) are its operator's word, where no resolver was named.
  const local =
    four.length + six.length === 0 && settings.dns_resolver === '' && value === 'localhost' ? ['127.0.0.1', '::1'] : []
  const found = [...six, ...four, ...local]
  if (found.length === 0) throw new Problem('dns', `${value} has no address`)
  return found
}

/** The first address that can be reached has the say. */
async function onAddress<T>(
  identifier: Identifier,
  settings: Settings,
  signal: AbortSignal,
  ask: (address: string) => Promise<T>,
): Promise<T> {
  let last: unknown
  for (const address of (await addressesOf(identifier, settings)).slice(0, 4)) {
    signal.throwIfAborted()
    try {
      return await ask(address)
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'connection') throw error
      last = error
    }
  }
  throw last
}

async function validateHttp(
  { identifier, token }: Proof,
  keyAuthorization: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const host = isIP(identifier.value) === 6 ? `[${identifier.value}]` : identifier.value
  let url = new URL(`http://${host}/.well-known/acme-challenge/${token}`)
  for (let followed = 0; ; followed++) {
    const at: Identifier = {
      type: isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? 'dns' : 'ip',
      value: url.hostname.replace(/^\[|\]$/g, ''),
    }
    const current = url
    const reply = await onAddress(at, settings, signal, (address) =>
      get(current, address, settings.http_challenge_port, signal),
    )
    if (reply.location === undefined) {
      if (reply.status !== 200)
        throw new Problem('incorrectResponse', `${current.host} answered with status ${reply.status}`)
      if (reply.body.trimEnd() !== keyAuthorization)
        throw new Problem('incorrectResponse', `${current.host} did not answer with the proof`)
      return
    }
    if (followed === REDIRECTS_MAX) throw new Problem('connection', 'too many redirects')
    url = redirected(reply.location, current)
  }
}

/** To another name or path over plain HTTP: a port of the client's choice could be anything inside our network. */
function redirected(location: string, from: URL): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (next === undefined || next.protocol !== 'http:' || next.port !== '') {
    throw new Problem('connection', 'the redirect leads elsewhere than to http at its usual port')
  }
  return next
}

interface HttpReply {
  readonly status: number
  readonly body: string
  readonly location: string | undefined
}

function get(url: URL, address: string, port: number, signal: AbortSignal): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Problem('connection', `${url.host} could not be reached at port ${port}`))
    const request = http.get(
      {
        host: address,
        port,
        path: url.pathname + url.search,
        headers: { host: url.host, 'user-agent': 'egide-acme', connection: 'close' },
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      },
      (message) => {
        const status = message.statusCode ?? 0
        const location = status >= 300 && status < 400 ? message.headers.location : undefined
        let body = ''
        message.setEncoding('latin1')
        message.on('data', (chunk: string) => {
          body += chunk
          if (body.length > BODY_MAX) message.destroy()
        })
        message.on('close', () => resolve({ status, body: body.slice(0, BODY_MAX), location }))
        message.on('error', fail)
      },
    )
    request.on('error', fail)
    let told = 0
    request.on('information', () => {
      if (++told > INFORMATION_MAX) request.destroy(new Error('no answer, but ever more before it'))
    })
    // A change to another protocol: without a listener neither an answer nor an error would come, and the signal would end nothing.
    request.on('upgrade', (_message, socket) => {
      socket.destroy()
      fail()
    })
  })
}

const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31'

async function validateTls(
  identifier: Identifier,
  keyAuthorization: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const der = await onAddress(identifier, settings, signal, (address) =>
    certificateAt(identifier, address, settings.tls_alpn_challenge_port, signal),
  )
  const wrong = (what: string): Problem =>
    new Problem('incorrectResponse', `the certificate of ${identifier.value} ${what}`)
  const shown = readCertificate(der)
  if (shown === undefined) throw wrong('cannot be read')
  if (!shown.isSelfSigned) throw wrong('is not self-signed')
  const [only] = shown.names
  const isNamed =
    identifier.type === 'dns'
      ? only?.dNSName?.toLowerCase() === identifier.value
      : isAddress(only?.iPAddress ?? '') && ipBytes(only?.iPAddress ?? '').equals(ipBytes(identifier.value))
  if (shown.names.length !== 1 || !isNamed) throw wrong('does not hold that name alone')
  if (shown.proof === undefined) throw wrong('has no critical acmeIdentifier extension')
  const expected = createHash('sha256').update(keyAuthorization).digest()
  if (!shown.proof.equals(expected)) throw wrong('does not hold the proof')
}

interface ShownCertificate {
  readonly isSelfSigned: boolean
  readonly names: readonly GeneralName[]
  readonly proof: Buffer | undefined
}

/** Undefined for what is no certificate, or whose extensions are none: a stranger made it. */
function readCertificate(der: Buffer): ShownCertificate | undefined {
  try {
    const { subject, issuer } = new X509Certificate(der)
    const { extensions = [] } = AsnConvert.parse(der, Certificate).tbsCertificate
    const extension = (id: string) => extensions.find(({ extnID }) => extnID === id)
    const names = extension('2.5.29.17')
    const proof = extension(ACME_IDENTIFIER)
    return {
      isSelfSigned: subject === issuer,
      names: names === undefined ? [] : [...AsnConvert.parse(names.extnValue.buffer, SubjectAlternativeName)],
      proof:
        proof?.critical === true
          ? Buffer.from(AsnConvert.parse(proof.extnValue.buffer, OctetString).buffer)
          : undefined,
    }
  } catch {
    return undefined
  }
}

function certificateAt(identifier: Identifier, address: string, port: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: address,
      port,
      servername: identifier.type === 'dns' ? identifier.value : reverseName(identifier.value),
      ALPNProtocols: ['acme-tls/1'],
      // It is self-signed by its nature; what it proves is looked at by the caller.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    })
    // A limit on silence is none to a host that goes on with its handshake byte by byte.
    const end = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const late = (): void =>
      fail(new Problem('connection', `${identifier.value} did not answer at port ${port} in time`))
    end.addEventListener('abort', late, { once: true })
    socket.on('close', () => end.removeEventListener('abort', late))
    const fail = (problem: Problem): void => {
      socket.destroy()
      reject(problem)
    }
    socket.on('secureConnect', () => {
      const { raw } = socket.getPeerCertificate()
      if (socket.alpnProtocol !== 'acme-tls/1')
        fail(new Problem('tls', `${identifier.value} does not speak acme-tls/1`))
      else if (raw === undefined) fail(new Problem('tls', `${identifier.value} showed no certificate`))
      else resolve(raw)
      socket.destroy()
    })
    socket.on('error', () =>
      fail(new Problem('connection', `${identifier.value} could not be reached at port ${port}`)),
    )
  })
}

/** The name of an address, as RFC 8738, 6 wants it for server name indication. */
function reverseName(address: string): string {
  const bytes = ipBytes(address)
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`
  return `${[...bytes.toString('hex')].reverse().join('.')}.ip6.arpa`
}
