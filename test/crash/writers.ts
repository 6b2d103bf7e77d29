import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../harness/http.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'

/** What one writer knows of what it wrote: all that was acknowledged, and at most one write whose reply never came. */
export interface Writer {
  /** Writes on until a reply fails to come. */
  run(server: Server): Promise<void>
  /** Throws when the restarted server does not hold what was acknowledged, or holds half of what was not. */
  verify(server: Server): Promise<void>
  /** Acknowledged writes so far. */
  readonly acknowledged: number
}

/** Writes that are acknowledged before each crash, so that it comes in the middle of some however slow the machine is. */
export const ENOUGH = 10

/** Resolves once ENOUGH more are acknowledged. Rejects as soon as one of those `running` does. */
export async function enoughOf(
  writers: readonly Pick<Writer, 'acknowledged'>[],
  running: readonly Promise<void>[],
): Promise<void> {
  const total = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  const wanted = total() + ENOUGH
  const come = async () => {
    while (total() < wanted) await sleep(5)
  }
  await Promise.race([come(), Promise.all(running)])
}

/** A reply that is not the expected status is a failure of the server, not a crash. */
export async function mustBe(status: number, doing: string, call: ReturnType<Server['call']>): Promise<JsonObject> {
  const reply = await call
  if (reply.status !== status) throw new Error(`${doing}: ${reply.status} ${reply.text}`)
  return reply.body ?? {}
}

/** Runs `step` until the connection breaks. What the server answers with an error is thrown. */
export async function untilCut(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step()
    } catch (error) {
      if (
        error instanceof Error &&
        /ECONN|EPIPE|cut off|socket hang up|timed out/.test(`${error.message} ${code(error)}`)
      )
        return
      throw error
    }
  }
}

function code(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}

/** Versions of one KV 2 secret: version n holds `value-n` twice, so that a torn write shows. */
export class VersionedWriter implements Writer {
  acknowledged = 0
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  run(server: Server): Promise<void> {
    return untilCut(async () => {
      const next = this.acknowledged + 1
      const body = { data: { a: this.#value(next), b: this.#value(next) }, options: { cas: next - 1 } }
      const reply = await mustBe(200, 'kv 2 write', server.call('POST', `secret/data/${this.#name}`, { body }))
      if (at(reply, 'data', 'version') !== next)
        throw new Error(`version ${String(at(reply, 'data', 'version'))}, not ${next}`)
      this.acknowledged = next
    })
  }

  async verify(server: Server): Promise<void> {
    const path = `secret/metadata/${this.#name}`
    const metadata = await server.call('GET', path)
    const current = metadata.status === 404 ? 0 : Number(at(metadata.body, 'data', 'current_version'))
    if (current < this.acknowledged) throw new Error(`${path}: ${this.acknowledged} acknowledged, ${current} there`)
    if (current > this.acknowledged + 1) throw new Error(`${path}: version ${current} was never written`)
    for (let version = Math.max(1, current - 9); version <= current; version++) {
      const reply = await mustBe(
        200,
        `version ${version}`,
        server.call('GET', `secret/data/${this.#name}?version=${version}`),
      )
      const data = at(reply, 'data', 'data')
      const wanted = { a: this.#value(version), b: this.#value(version) }
      if (JSON.stringify(data) !== JSON.stringify(wanted)) throw new Error(`${path}: version ${version} is torn`)
    }
    this.acknowledged = current // the write whose reply was lost may have been applied: it counts from here on
  }

  #value(version: number): string {
    return `${this.#name}-${version}-${'x'.repeat(200)}`
  }
}

/** One KV 1 style value, overwritten: it is the last acknowledged one, or the one whose reply was lost. */
export class PlainWriter implements Writer {
  acknowledged = 0
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  run(server: Server): Promise<void> {
    return untilCut(async () => {
      const next = this.acknowledged + 1
      await mustBe(
        200,
        'cubbyhole-like write',
        server.call('PUT', `secrets/${this.#name}`, { body: { data: { n: next } } }),
      )
      this.acknowledged = next
    })
  }

  async verify(server: Server): Promise<void> {
    const reply = await server.call('GET', `secrets/${this.#name}`)
    const found = reply.status === 404 ? 0 : Number(at(reply.body, 'data', 'data', 'n') ?? at(reply.body, 'data', 'n'))
    if (found !== this.acknowledged && found !== this.acknowledged + 1) {
      throw new Error(`secrets/${this.#name}: ${this.acknowledged} acknowledged, ${found} there: ${reply.text}`)
    }
    this.acknowledged = found
  }
}

/** Tokens: made and revoked in turns. One whose revocation was acknowledged never comes back; one that was made is there. */
export class TokenWriter implements Writer {
  acknowledged = 0
  readonly #revoked: string[] = []
  #living: string | undefined

  run(server: Server): Promise<void> {
    return untilCut(async () => {
      const made = await mustBe(200, 'token create', server.call('POST', 'auth/token/create', { body: { ttl: '1h' } }))
      const token = String(at(made, 'auth', 'client_token'))
      this.#living = token
      this.acknowledged++
      const living = this.#living
      this.#living = undefined // from here on its end may or may not have come
      await mustBe(204, 'token revoke', server.call('POST', 'auth/token/revoke', { body: { token: living } }))
      this.#revoked.push(living)
      this.acknowledged++
    })
  }

  async verify(server: Server): Promise<void> {
    for (const token of this.#revoked.slice(-50)) {
      const reply = await server.call('GET', 'auth/token/lookup-self', { token })
      if (reply.status !== 403) throw new Error(`a revoked token works again: ${reply.status}`)
    }
    if (this.#living === undefined) return
    await mustBe(200, 'a token that was made', server.call('GET', 'auth/token/lookup-self', { token: this.#living }))
    this.#living = undefined
  }
}

/** Rotations of a transit key, each proven by a ciphertext of the version it made. */
export class RotationWriter implements Writer {
  acknowledged = 0
  readonly #key: string
  readonly #ciphertexts = new Map<string, string>()

  constructor(key: string) {
    this.#key = key
  }

  run(server: Server): Promise<void> {
    return untilCut(async () => {
      const plaintext = Buffer.from(`${this.#key} ${this.acknowledged}`).toString('base64')
      const reply = await mustBe(
        200,
        'encrypt',
        server.call('POST', `transit/encrypt/${this.#key}`, { body: { plaintext } }),
      )
      this.#ciphertexts.set(String(at(reply, 'data', 'ciphertext')), plaintext)
      this.acknowledged++
      await mustBe(200, 'rotate', server.call('POST', `transit/keys/${this.#key}/rotate`))
      this.acknowledged++
    })
  }

  async verify(server: Server): Promise<void> {
    for (const [ciphertext, plaintext] of [...this.#ciphertexts].slice(-20)) {
      const body = { ciphertext }
      const reply = await mustBe(200, 'decrypt', server.call('POST', `transit/decrypt/${this.#key}`, { body }))
      if (at(reply, 'data', 'plaintext') !== plaintext) throw new Error(`${ciphertext} decrypts to something else`)
    }
  }
}
