import { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { at } from '../harness/http.ts'
import type { SeededRandom } from '../harness/random.ts'
import type { Server } from '../harness/server.ts'
import { Raw } from '../pki/acme-attacker.ts'
import type { ChallengeWorld } from '../pki/challenge-world.ts'
import { request } from '../pki/hostile-requests.ts'

const CSR_NAME = 'www.example.com'
const CSR = Buffer.from(request().replaceAll(/-----[^-]+-----/g, ''), 'base64').toString('base64url')

interface Ordered {
  readonly url: string
  /** A finalize was sent, whether or not it was answered. */
  isAsked: boolean
  certificate: string | undefined
}

/** Orders at whatever node answers: each request goes to another one, and once more to the next where that one was cut off. */
export class AcmeWriter {
  acknowledged = 0
  readonly #random: SeededRandom
  readonly #nodes: readonly Server[]
  readonly #world: ChallengeWorld
  readonly #client: Raw
  readonly #orders: Ordered[] = []

  private constructor(random: SeededRandom, nodes: readonly Server[], world: ChallengeWorld, client: Raw) {
    this.#random = random
    this.#nodes = nodes
    this.#world = world
    this.#client = client
  }

  /** `nodes`: the first is the one whose address all URLs have. */
  static async start(random: SeededRandom, nodes: readonly Server[], world: ChallengeWorld): Promise<AcmeWriter> {
    const client = new Raw(nodes[0]?.address ?? '')
    const writer = new AcmeWriter(random, nodes, world, client)
    await client.register()
    return writer
  }

  /** Orders one after the other until it is told to stop. Never rejects. */
  async run(isOver: () => boolean): Promise<void> {
    // What was cut off twice, or was being proven by what died, is left as it is.
    while (!isOver()) await this.#order(isOver).catch(() => sleep(20))
  }

  async #order(isOver: () => boolean): Promise<void> {
    const made = await this.#post('new-order', { identifiers: [{ type: 'dns', value: CSR_NAME }] })
    if (made.status !== 201) throw new Error(`new-order: ${made.status} ${made.text}`)
    const order: Ordered = { url: String(made.headers.location), isAsked: false, certificate: undefined }
    this.#orders.push(order)
    const [authorization] = at(made.body, 'authorizations') as string[]
    const shown = await this.#post(String(authorization), '')
    if (shown.status !== 200) throw new Error(`authorization: ${shown.status} ${shown.text}`)
    const challenges = at(shown.body, 'challenges') as {
      readonly type: string
      readonly url: string
      readonly token: string
    }[]
    const http = challenges.find(({ type }) => type === 'http-01')
    if (http === undefined) throw new Error('there is no http-01')
    this.#world.pages.set(http.token, `${http.token}.${await this.#client.thumbprint()}`)
    await this.#post(http.url, {})
    for (let waited = 0; ; waited++) {
      if (isOver() || waited > 100) return
      const polled = await this.#post(String(authorization), '')
      if (polled.status !== 200) throw new Error(`polled: ${polled.status} ${polled.text}`)
      const status = at(polled.body, 'status')
      if (status === 'valid') break
      if (status !== 'pending') throw new Error(`the authorization is ${status}`)
      await sleep(20)
    }
    order.isAsked = true
    // As clients do that heard nothing: once more, perhaps elsewhere.
    await this.#post(`${order.url}/finalize`, { csr: CSR })
    if (this.#random.below(3) === 0) await this.#post(`${order.url}/finalize`, { csr: CSR })
    await this.#fetch(order)
  }

  /** The order's status. */
  async #fetch(order: Ordered): Promise<string> {
    const shown = await this.#post(order.url, '')
    const status = String(at(shown.body, 'status'))
    if (status !== 'valid') return status
    const chain = await this.#post(String(at(shown.body, 'certificate')), '')
    if (chain.status !== 200) throw new Error(`certificate: ${chain.status} ${chain.text}`)
    const certificate = chain.text.slice(0, chain.text.indexOf('-----END') + 25)
    if (order.certificate !== undefined && order.certificate !== certificate)
      throw new Error(`${order.url} has two certificates`)
    if (order.certificate === undefined) this.acknowledged++
    order.certificate = certificate
    return status
  }

  async #post(target: string, payload: object | '') {
    const first = this.#random.below(this.#nodes.length)
    for (let tried = 0; ; tried++) {
      const node = this.#nodes[(first + tried) % this.#nodes.length]
      this.#client.through = node?.address ?? ''
      try {
        const reply = await this.#client.post(target, payload)
        if (reply.status < 500) return reply
        throw new Error(`${reply.status} ${reply.text}`)
      } catch (error) {
        if (tried >= this.#nodes.length) throw error
      }
    }
  }

  /**
   * Numbers of the certificates that its orders have. Throws where an order has none that should have one, or another than
   * before, and, where all `haveEnded`, for one that still waits for its certificate.
   */
  async certificates(haveEnded: boolean): Promise<readonly string[]> {
    const serials: string[] = []
    for (const order of this.#orders) {
      const status = await this.#fetch(order)
      if (!order.isAsked && status === 'valid') throw new Error(`${order.url} is valid, and nobody asked for that`)
      if (haveEnded && status === 'processing') throw new Error(`${order.url} is stuck`)
      if (order.certificate !== undefined && status !== 'valid')
        throw new Error(`${order.url} has lost its certificate`)
      if (order.certificate === undefined) continue
      serials.push(new X509Certificate(order.certificate).serialNumber.toLowerCase().replaceAll(/..(?=.)/g, '$&:'))
    }
    return serials
  }
}
