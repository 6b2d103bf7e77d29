import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { expect } from 'vitest'
import { at, call, type JsonObject } from '../harness/http.ts'

/** A client that can do wrong. */
export class Raw {
  readonly key: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
  kid = ''
  /** Address of another node that requests go to, whatever they name; '': the one that they name. */
  through = ''
  readonly #directory: string

  /** `address`: of the server; `directory`: below its mount `pki`. */
  constructor(address: string, directory = 'acme/') {
    this.#directory = `${address}/v1/pki/${directory}`
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.key = privateKey
    this.jwk = { ...publicKey.export({ format: 'jwk' }) }
  }

  get spki(): Buffer {
    return createPublicKey(this.key).export({ format: 'der', type: 'spki' })
  }

  /** Of the key (RFC 7638), as proofs hold it. */
  thumbprint(): Promise<string> {
    return calculateJwkThumbprint({ ...this.jwk })
  }

  async nonce(): Promise<string> {
    const reply = await call('HEAD', this.#sentTo(`${this.#directory}new-nonce`))
    return String(reply.headers['replay-nonce'])
  }

  #sentTo(url: string): string {
    return this.through === '' ? url : url.replace(/^https?:\/\/[^/]+/, this.through)
  }

  sign(header: object, payload: object | ''): { protected: string; payload: string; signature: string } {
    const text = (value: object | ''): string =>
      value === '' ? '' : Buffer.from(JSON.stringify(value)).toString('base64url')
    const [head, body] = [text(header), text(payload)]
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), {
      key: this.key,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url')
    return { protected: head, payload: body, signature }
  }

  async post(path: string, payload: object | '', header: object = {}) {
    const url = path.startsWith('http') ? path : this.#directory + path
    const identity = this.kid === '' ? { jwk: this.jwk } : { kid: this.kid }
    const body = this.sign({ alg: 'ES256', nonce: await this.nonce(), url, ...identity, ...header }, payload)
    return call('POST', this.#sentTo(url), { body, headers: { 'content-type': 'application/jose+json' } })
  }

  async register(): Promise<this> {
    const reply = await this.post('new-account', { termsOfServiceAgreed: true })
    expect(reply.status).toBe(201)
    this.kid = String(reply.headers.location)
    return this
  }

  async order(...names: readonly string[]) {
    return this.post('new-order', { identifiers: names.map((value) => ({ type: 'dns', value })) })
  }
}

/** What kind of problem an answer is (RFC 8555, 6.7). */
export const kindOf = (reply: { readonly body: JsonObject | undefined }): string =>
  String(at(reply.body, 'type')).replace('urn:ietf:params:acme:error:', '')
