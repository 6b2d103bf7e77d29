import { serialBytes } from '../../engines/pki/x509/serial.ts'
import { at } from '../harness/http.ts'
import type { SeededRandom } from '../harness/random.ts'
import type { Server } from '../harness/server.ts'
import { Crl } from '../pki/authority.ts'
import { ocspRequest, ocspStatus } from '../pki/ocsp-client.ts'
import { mustBe, untilCut } from './writers.ts'

/** Where requests go: certificates are issued at one node and revoked at the same or another. */
export interface Nodes {
  readonly issuing: Server
  readonly revoking: Server
}

interface Known {
  readonly serial: string
  readonly certificate: string
  /** `asked`: a revocation was sent whose reply never came. */
  fate: 'good' | 'asked' | 'revoked'
}

/** A mount `pki` with an authority and a role, for writers. */
export async function mountAuthority(server: Server): Promise<void> {
  await mustBe(204, 'mount', server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } }))
  const root = { common_name: 'Crash Root', key_type: 'ec', ttl: '700h' }
  await mustBe(200, 'root', server.call('POST', 'pki/root/generate/internal', { body: root }))
  const urls = { crl_distribution_points: 'http://ca.example.com/crl/{{crl_shard}}', enable_templating: true }
  await mustBe(200, 'urls', server.call('POST', 'pki/config/urls', { body: urls }))
  const role = { allow_any_name: true, key_type: 'ec' }
  await mustBe(200, 'role', server.call('POST', 'pki/roles/any', { body: role }))
}

/** Issues, and revokes about half. Some certificates end at once, so that tidy has something to do. */
export class CertificateWriter {
  acknowledged = 0
  readonly #random: SeededRandom
  readonly #known: Known[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** Goes on until a reply fails to come, or it is told to stop. */
  run({ issuing, revoking }: Nodes, isOver: () => boolean = () => false): Promise<void> {
    return untilCut(async () => {
      if (isOver()) throw new Error('cut off')
      const isBrief = this.#random.below(3) === 0
      const body = { common_name: 'crash.example.com', ttl: isBrief ? '1s' : '1h' }
      const issued = await mustBe(200, 'issue', issuing.call('POST', 'pki/issue/any', { body }))
      this.acknowledged++
      const known: Known = {
        serial: String(at(issued, 'data', 'serial_number')),
        certificate: String(at(issued, 'data', 'certificate')),
        fate: 'good',
      }
      if (!isBrief) this.#known.push(known)
      if (this.#random.below(2) === 0) return
      if (!isBrief) known.fate = 'asked'
      const revoked = await revoking.call('POST', 'pki/revoke', { body: { serial_number: known.serial } })
      // One that has ended, or that tidy took, cannot be revoked any more.
      if (revoked.status !== 200 && !isBrief) throw new Error(`revoke: ${revoked.status} ${revoked.text}`)
      if (!isBrief) known.fate = 'revoked'
      this.acknowledged++
    })
  }

  /**
   * Throws where a certificate that was given out is not kept, where an acknowledged revocation is missing, and where the
   * record, the complete list, which is `full`, its shard's list and OCSP disagree.
   */
  async verify(server: Server, full: Crl): Promise<void> {
    for (const known of this.#known.slice(-10)) {
      const { serial, certificate, fate } = known
      const reply = await mustBe(200, `certificate ${serial}`, server.call('GET', `pki/cert/${serial}`))
      if (String(at(reply, 'data', 'certificate')).trim() !== certificate.trim())
        throw new Error(`${serial} is kept as another certificate`)
      const plain = serial.replaceAll(':', '')
      const shard = await listAt(server, `crl/shard/${(serialBytes(serial)[1] ?? 0) % 128}`)
      const said = [
        Number(at(reply, 'data', 'revocation_time')) > 0,
        full.serials.includes(plain),
        shard.serials.includes(plain),
        (await ocspAt(server, serial)) === 'revoked',
      ]
      const isRevoked = fate === 'asked' ? said[0] : fate === 'revoked'
      if (said.some((one) => one !== isRevoked))
        throw new Error(`${serial} is ${fate}: record, list, shard and OCSP say ${said.join(', ')}`)
      known.fate = isRevoked === true ? 'revoked' : 'good'
    }
  }
}

async function listAt(server: Server, which: string): Promise<Crl> {
  const reply = await fetch(`${server.address}/v1/pki/${which}`)
  const body = Buffer.from(await reply.arrayBuffer())
  if (reply.status !== 200) throw new Error(`${which}: ${reply.status} ${body.toString()}`)
  return new Crl(body)
}

async function ocspAt(server: Server, serial: string): Promise<string> {
  const ca = Buffer.from(await (await fetch(`${server.address}/v1/pki/ca`)).arrayBuffer())
  const reply = await fetch(`${server.address}/v1/pki/ocsp`, {
    method: 'POST',
    body: Uint8Array.from(ocspRequest(ca, serial)),
    headers: { 'content-type': 'application/ocsp-request' },
  })
  return ocspStatus(Buffer.from(await reply.arrayBuffer()))
}

/** Tidies all the time, until a reply fails to come. What one that died began, another goes on with or waits for. */
export function tidy(server: Server, isOver: () => boolean = () => false): Promise<void> {
  const body = { tidy_cert_store: true, tidy_revoked_certs: true, safety_buffer: '1s', pause_duration: '0s' }
  return untilCut(async () => {
    if (isOver()) throw new Error('cut off')
    await mustBe(202, 'tidy', server.call('POST', 'pki/tidy', { body }))
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
}

/** The complete list's number, which never goes back, once what all of them know was verified. The list is read once: it grows. */
export async function verifyAll(writers: readonly CertificateWriter[], server: Server): Promise<number> {
  const full = await listAt(server, 'crl')
  await Promise.all(writers.map((writer) => writer.verify(server, full)))
  return Number.parseInt(full.number, 16)
}
