import { fromBase32 } from '../../engines/base32.ts'
import { codeAt, type OneTimeKey } from '../../engines/one-time-codes/codes.ts'
import type { Response } from '../../server/core/request.ts'
import { type CallOptions, TestNamespace, type TestNamespaceOptions } from '../core/test-namespace.ts'

/** Logins at a vault that wants a second factor, as their clients and administrators see them. */
export class MfaWorld {
  readonly vault: TestNamespace
  readonly #secrets = new Map<string, Pick<OneTimeKey, 'secret' | 'periodSeconds'>>()

  private constructor(vault: TestNamespace) {
    this.vault = vault
  }

  static async create(options: TestNamespaceOptions = {}): Promise<MfaWorld> {
    return new MfaWorld(await TestNamespace.create(options))
  }

  async accessor(mount: string, options: CallOptions = {}): Promise<string> {
    const mounts = await this.vault.data('read', 'sys/auth', {}, options)
    return (mounts[`${mount}/`] as { accessor: string }).accessor
  }

  /** Id of a new TOTP method. */
  async method(terms: object = {}, options: CallOptions = {}): Promise<string> {
    const sent = { issuer: 'Egide', qr_size: 0, ...terms }
    return String((await this.vault.data('update', 'identity/mfa/method/totp', sent, options)).method_id)
  }

  enforce(name: string, more: object, options: CallOptions = {}): Promise<Response> {
    return this.vault.call('update', `identity/mfa/login-enforcement/${name}`, more, options)
  }

  /** Makes an entity that logs in by its name at the mount `door`, with a secret of each method; resolves with its id. */
  async person(name: string, methods: readonly string[] = [], options: CallOptions = {}): Promise<string> {
    const { vault } = this
    const { id } = await vault.data('update', 'identity/entity', { name }, options)
    const mount_accessor = await this.accessor('door', options)
    await vault.call('update', 'identity/entity-alias', { name, canonical_id: id, mount_accessor }, options)
    for (const method of methods) await this.secret(String(id), method, options)
    return String(id)
  }

  async secret(entityId: string, method: string, options: CallOptions = {}): Promise<void> {
    const sent = { entity_id: entityId, method_id: method }
    const { url } = await this.vault.data('update', 'identity/mfa/method/totp/admin-generate', sent, options)
    const query = new URL(String(url)).searchParams
    const secret = fromBase32(query.get('secret') ?? '') ?? Buffer.alloc(0)
    this.#secrets.set(`${entityId} ${method}`, { secret, periodSeconds: Number(query.get('period')) })
  }

  /** The code of an entity now, or `steps` periods from now. */
  code(entityId: string, method: string, steps = 0): string {
    const key = this.#secrets.get(`${entityId} ${method}`)
    if (key === undefined) throw new Error('no secret was made')
    const step = Math.floor(this.vault.clock.nowMs / 1000 / key.periodSeconds) + steps
    return codeAt({ ...key, algorithm: 'SHA1', digits: 6 }, step)
  }

  login(name: string, more: object = {}, options: CallOptions = {}): Promise<Response> {
    const sent = { alias: { name, metadata: {} }, ...more }
    return this.vault.call('update', 'auth/door/login', sent, { token: undefined, ...options })
  }

  /** Id of a login that waits. */
  async waiting(name: string, more: object = {}, options: CallOptions = {}): Promise<string> {
    const { auth } = await this.login(name, more, options)
    if (auth?.mfaRequirement === undefined) throw new Error('the login does not wait')
    return auth.mfaRequirement.requestId
  }

  validate(id: string, payload: object, options: CallOptions = {}): Promise<Response> {
    const sent = { mfa_request_id: id, mfa_payload: payload }
    return this.vault.call('update', 'sys/mfa/validate', sent, { token: undefined, ...options })
  }

  tokens(): Promise<readonly string[]> {
    return this.vault.rows('tokens/id/')
  }
}

/** 'accepted', or what it was refused with. */
export function outcome(login: Promise<Response>): Promise<string> {
  return login.then(
    ({ auth }) => (auth === null || auth.clientToken === '' ? 'no token' : 'accepted'),
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  )
}
