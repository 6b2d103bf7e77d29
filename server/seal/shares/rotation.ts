import { timingSafeEqual } from 'node:crypto'
import { split } from '../../../crypto/shamir.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Clock, Random } from '../../../engines/engine.ts'
import { damaged, invalid, sealed } from '../../../engines/errors.ts'
import type {
  Canceller,
  ShareRotation,
  ShareRotationParams,
  ShareRotationResult,
  ShareRotationStatus,
  VerificationStatus,
} from '../../../engines/system/services/seal.ts'
import type { Entry } from '../../../storage/backend.ts'
import type { OpenVault, VaultAccess } from '../open-vault.ts'
import { checkQuorum, type Quorum } from '../seal-config.ts'
import { ShareAttempt } from './attempt.ts'

const REKEY = { nonceFor: 'rekey', providedDuring: 'rekey' } as const
const VERIFY = { nonceFor: 'verify', providedDuring: 'verify' } as const

/** A change of shares under way. */
interface Change {
  readonly quorum: Quorum
  readonly requireVerification: boolean
  /** No quorum is asked: there is nothing yet that this replaces. */
  readonly isFirst: boolean
  readonly attempt: ShareAttempt
  /** That a quorum asked for it. Absent: none did yet, or none is asked. */
  proof?: Entry
  /** The new key, whose shares are handed out and wait to be proven. */
  unproven?: { readonly key: Buffer; attempt: ShareAttempt }
}

/** Replaces the shares that unseal, or those of the recovery key. */
export class ShareRotationProcess implements ShareRotation {
  readonly #kind: 'root' | 'recovery'
  readonly #access: VaultAccess
  readonly #random: Random
  readonly #clock: Clock
  #change: Change | undefined

  constructor(kind: 'root' | 'recovery', access: VaultAccess, random: Random, clock: Clock) {
    this.#kind = kind
    this.#access = access
    this.#random = random
    this.#clock = clock
  }

  async status(): Promise<ShareRotationStatus> {
    const required = this.#supported(this.#access.vault()).authority.threshold
    const change = this.#change
    return {
      started: change !== undefined,
      nonce: change?.attempt.nonce ?? '',
      threshold: change?.quorum.threshold ?? 0,
      shares: change?.quorum.shares ?? 0,
      progress: change?.attempt.progress ?? 0,
      required,
      verificationRequired: change?.requireVerification ?? false,
      verificationNonce: change?.unproven?.attempt.nonce ?? '',
    }
  }

  start(params: ShareRotationParams): Promise<ShareRotationResult | undefined> {
    return this.#access.exclusive(async (vault) => {
      const quorum = this.#quorumOf(this.#supported(vault), params)
      if (this.#change !== undefined) throw invalid('rekey already in progress')
      const isFirst = vault.authority.threshold === 0
      const change: Change = {
        quorum,
        requireVerification: params.requireVerification,
        isFirst,
        attempt: new ShareAttempt(this.#random, this.#clock, REKEY),
      }
      if (isFirst && this.#kind === 'root') {
        throw invalid('there are no recovery keys to authorise this; use sys/rotate/root')
      }
      if (isFirst && !(await vault.keys.hadNoRecoveryKey())) throw damaged()
      this.#change = change
      if (!isFirst) return undefined
      try {
        return await this.#replace(vault, change)
      } catch (error) {
        this.clear()
        throw error
      }
    })
  }

  update(share: Buffer, nonce: string): Promise<ShareRotationResult | undefined> {
    return this.#access.exclusive(async (vault) => {
      this.#supported(vault)
      const change = this.#underWay(share)
      if (change.unproven !== undefined) {
        zeroize(share)
        throw invalid(
          `rekey operation already finished; verification must be performed; nonce for the verification operation is "${change.unproven.attempt.nonce}"`,
        )
      }
      const key = await change.attempt.give(share, nonce, vault.authority.threshold)
      if (key === undefined) return undefined
      try {
        const proof = await vault.proofOf(key)
        if (proof === undefined) throw invalid(`${vault.hasRecoveryKeys ? 'recovery' : 'root'} key verification failed`)
        change.proof = proof
      } finally {
        zeroize(key)
      }
      return this.#replace(vault, change)
    })
  }

  cancel(by: Canceller): Promise<void> {
    return this.#access.exclusive(async (vault) => {
      this.#supported(vault)
      this.#change?.attempt.checkCanceller(by, this.#clock.now())
      this.clear()
    })
  }

  async verification(): Promise<VerificationStatus> {
    this.#supported(this.#access.vault())
    const change = this.#change
    if (change === undefined) throw invalid('no rekey configuration found')
    const { quorum, unproven } = change
    return {
      started: unproven !== undefined,
      nonce: unproven?.attempt.nonce ?? '',
      threshold: quorum.threshold,
      shares: quorum.shares,
      progress: unproven?.attempt.progress ?? 0,
    }
  }

  verify(share: Buffer, nonce: string): Promise<{ complete: boolean; nonce: string }> {
    return this.#access.exclusive(async (vault) => {
      this.#supported(vault)
      const change = this.#underWay(share)
      const { quorum, unproven } = change
      if (unproven === undefined) {
        zeroize(share)
        throw invalid('no rekey verification in progress')
      }
      const key = await unproven.attempt.give(share, nonce, quorum.threshold)
      if (key === undefined) return { complete: false, nonce: unproven.attempt.nonce }
      try {
        const proven = key.length === unproven.key.length && timingSafeEqual(key, unproven.key)
        if (!proven) throw invalid('rekey verification failed; incorrect key shares supplied')
        // Not the key that is kept: sealing may zero that one meanwhile.
        await this.#apply(vault, key, change)
      } finally {
        zeroize(key)
      }
      this.clear()
      return { complete: true, nonce }
    })
  }

  async restartVerification(by: Canceller): Promise<VerificationStatus> {
    await this.#access.exclusive(async (vault) => {
      this.#supported(vault)
      const unproven = this.#change?.unproven
      if (unproven === undefined) return
      unproven.attempt.checkCanceller(by, this.#clock.now())
      unproven.attempt.clear()
      unproven.attempt = new ShareAttempt(this.#random, this.#clock, VERIFY)
    })
    return this.verification()
  }

  /** Forgets the change and every share given for it. */
  clear(): void {
    this.#change?.attempt.clear()
    this.#change?.unproven?.attempt.clear()
    zeroize(this.#change?.unproven?.key)
    this.#change = undefined
  }

  #supported(vault: OpenVault): OpenVault {
    if (this.#kind === 'recovery' && !vault.hasRecoveryKeys) throw invalid('recovery rekeying not supported')
    return vault
  }

  #quorumOf(vault: OpenVault, params: ShareRotationParams): Quorum {
    if (this.#kind === 'root' && vault.hasRecoveryKeys) {
      if (!params.requireVerification) return { shares: 1, threshold: 1 }
      throw invalid('requiring verification not supported when rekeying the barrier key with recovery keys')
    }
    const quorum = { shares: params.secretShares, threshold: params.secretThreshold }
    checkQuorum(this.#kind === 'root' ? 'rekey seal' : 'recovery', quorum, { mayBeNone: false })
    return quorum
  }

  #underWay(share: Buffer): Change {
    if (this.#change !== undefined) return this.#change
    zeroize(share)
    throw invalid(`no ${this.#kind === 'root' ? 'barrier' : 'recovery'} rekey in progress`)
  }

  /** Makes the new key and its shares, and puts them in force unless they must be proven first. */
  async #replace(vault: OpenVault, change: Change): Promise<ShareRotationResult> {
    if (this.#kind === 'root' && vault.hasRecoveryKeys) {
      await vault.rotateRootKey()
      this.clear()
      return { nonce: change.attempt.nonce, shares: [], verificationRequired: false, verificationNonce: '' }
    }
    const { quorum, requireVerification, attempt } = change
    const key = vault.newKey()
    const shares = await split(key, quorum.shares, quorum.threshold)
    // Sealing meanwhile has forgotten the change: nobody could prove these shares, or zero the key behind them.
    if (this.#change !== change) {
      zeroize(key, ...shares)
      throw sealed()
    }
    if (requireVerification) {
      change.unproven = { key, attempt: new ShareAttempt(this.#random, this.#clock, VERIFY) }
      const verificationNonce = change.unproven.attempt.nonce
      return { nonce: attempt.nonce, shares, verificationRequired: true, verificationNonce }
    }
    try {
      await this.#apply(vault, key, change)
    } catch (error) {
      zeroize(...shares)
      throw error
    } finally {
      zeroize(key)
    }
    this.clear()
    return { nonce: attempt.nonce, shares, verificationRequired: false, verificationNonce: '' }
  }

  #apply(vault: OpenVault, key: Buffer, { quorum, proof }: Change): Promise<void> {
    if (proof === undefined) return vault.makeRecoveryKey(key, quorum)
    if (this.#kind === 'root') return vault.replaceUnsealKey(key, quorum, proof)
    return vault.replaceRecoveryKey(key, quorum, proof)
  }
}
