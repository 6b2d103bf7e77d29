import { zeroize } from '../../../crypto/zeroize.ts'
import { base62 } from '../../../engines/base62.ts'
import type { Clock, Random } from '../../../engines/engine.ts'
import { EgideError, invalid, sealed } from '../../../engines/errors.ts'
import type { Canceller, RootGeneration, RootGenerationStatus } from '../../../engines/system/services/seal.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { VaultAccess } from '../open-vault.ts'
import { ShareAttempt } from './attempt.ts'

const WORDS = { nonceFor: 'root generation', providedDuring: 'generation' } as const

interface Attempt {
  readonly attempt: ShareAttempt
  readonly otp: Buffer
}

/** Makes a root token for a quorum of operators, and hands it out under a one-time pad that only its starter knows. */
export class RootGenerationProcess implements RootGeneration {
  readonly #access: VaultAccess
  readonly #lifecycle: Lifecycle
  readonly #random: Random
  readonly #clock: Clock
  #current: Attempt | undefined

  constructor(access: VaultAccess, lifecycle: Lifecycle, random: Random, clock: Clock) {
    this.#access = access
    this.#lifecycle = lifecycle
    this.#random = random
    this.#clock = clock
  }

  async status(): Promise<RootGenerationStatus> {
    return this.#status({})
  }

  start(otp: string): Promise<RootGenerationStatus> {
    return this.#access.exclusive(async (vault) => {
      const length = this.#lifecycle.rootTokenLength
      const given = otp === '' ? base62(this.#random, length) : otp
      if (Buffer.byteLength(given) !== length) throw invalid('OTP string has incorrect length')
      if (vault.authority.threshold === 0) throw invalid('there are no recovery keys to authorise a root token')
      if (this.#current !== undefined) throw invalid('root generation already in progress')
      this.#current = { attempt: new ShareAttempt(this.#random, this.#clock, WORDS), otp: Buffer.from(given) }
      return this.#status({ otp: otp === '' ? given : '' })
    })
  }

  update(share: Buffer, nonce: string): Promise<RootGenerationStatus> {
    return this.#access.exclusive(async (vault) => {
      const current = this.#current
      if (current === undefined) {
        zeroize(share)
        throw invalid('no root generation in progress')
      }
      const required = vault.authority.threshold
      const key = await current.attempt.give(share, nonce, required)
      if (key === undefined) return this.#status({})
      try {
        if (!(await vault.isAuthority(key))) throw invalid('root generation aborted: key verification failed')
      } finally {
        zeroize(key)
      }
      const encodedToken = await this.#encodedToken(current)
      const done = { complete: true, progress: required, encodedToken }
      const status = this.#status(done)
      this.clear()
      return status
    })
  }

  cancel(by: Canceller): Promise<void> {
    return this.#access.exclusive(async () => {
      this.#current?.attempt.checkCanceller(by, this.#clock.now())
      this.clear()
    })
  }

  /** Forgets the attempt, its one-time password and its shares. */
  clear(): void {
    this.#current?.attempt.clear()
    zeroize(this.#current?.otp)
    this.#current = undefined
  }

  #status(known: Partial<RootGenerationStatus>): RootGenerationStatus {
    return {
      started: this.#current !== undefined,
      nonce: this.#current?.attempt.nonce ?? '',
      progress: this.#current?.attempt.progress ?? 0,
      required: this.#access.vault().authority.threshold,
      complete: false,
      encodedToken: '',
      otp: '',
      otpLength: this.#lifecycle.rootTokenLength,
      ...known,
    }
  }

  async #encodedToken(current: Attempt): Promise<string> {
    const token = await this.#lifecycle.createRootToken()
    // Sealing meanwhile has zeroed the one-time password: under it the token would be in clear.
    if (this.#current !== current) throw sealed()
    const bytes = Buffer.from(token)
    if (bytes.length !== current.otp.length) {
      zeroize(bytes)
      await this.#lifecycle.revokeRootToken(token)
      throw new EgideError('internal', 'the root token does not have the length that was announced')
    }
    for (const [at, pad] of current.otp.entries()) bytes.writeUInt8(bytes.readUInt8(at) ^ pad, at)
    return bytes.toString('base64').replace(/=+$/, '')
  }
}
