import { createSecretKey } from 'node:crypto'
import { DecryptFailed } from '../../../crypto/errors.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { NamespaceSealOperations, NamespaceSealStatus } from '../../../engines/system/services/seal.ts'
import type { HandedSealing } from '../handed-keys.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { VaultAccess } from '../open-vault.ts'
import type { Quorum } from '../seal-config.ts'
import { requireShare, UnsealAttempt } from '../shares/unseal-attempt.ts'
import { sealingKeyOf } from './sealing.ts'
import { notSealable } from './terms.ts'

/** Attempts kept at one time; beyond it the oldest is forgotten. Some may be of namespaces that are gone. */
const ATTEMPTS_MAX = 10_000

/** The seals of namespaces that have one of their own. What shares were given is kept in memory only; sealing the vault forgets it. */
export class NamespaceSeals implements NamespaceSealOperations {
  readonly #access: VaultAccess
  readonly #random: Random
  readonly #attempts = new Map<string, UnsealAttempt>()

  constructor(access: VaultAccess, random: Random) {
    this.#access = access
    this.#random = random
  }

  status(id: string): Promise<NamespaceSealStatus> {
    return this.#access.exclusive(async ({ keys }) => this.#status(id, keys, await quorumOf(id, keys)))
  }

  /** Wrong shares end the attempt, and nothing tells which one was wrong: all are given anew. */
  unseal(id: string, share: Buffer): Promise<NamespaceSealStatus> {
    return this.#access.exclusive(async ({ keys }) => {
      try {
        const quorum = await quorumOf(id, keys)
        if (!keys.isUnsealed(id)) await this.#give(id, keys, quorum, Buffer.from(share))
        return this.#status(id, keys, quorum)
      } finally {
        zeroize(share)
      }
    })
  }

  reset(id: string): Promise<NamespaceSealStatus> {
    return this.#access.exclusive(async ({ keys }) => {
      const quorum = await quorumOf(id, keys)
      this.#forget(id)
      return this.#status(id, keys, quorum)
    })
  }

  async seal(id: string): Promise<void> {
    const { keys } = this.#access.vault()
    await this.#access.exclusive(async () => {
      // What is given towards opening one that is sealed already counts on.
      if (keys.isUnsealed(id)) this.#forget(id)
      else await quorumOf(id, keys) // who has no shares can't be sealed; who was opened by some has them, whatever storage says now
      await keys.sealNamespace(id)
    })
    await keys.dropped()
  }

  /** Of one that is unsealed here, for another process of this machine. */
  handOver(id: string): HandedSealing | undefined {
    return this.#access.vault().keys.exportSealings(id)[0]
  }

  clear(): void {
    for (const id of [...this.#attempts.keys()]) this.#forget(id)
  }

  /** Takes the share. */
  async #give(id: string, keys: VaultKeys, { threshold }: Quorum, share: Buffer): Promise<void> {
    requireShare(share)
    const key = await this.#attempt(id).give(share, threshold)
    if (key === undefined) return
    this.#attempts.delete(id)
    try {
      await keys.unsealNamespace(id, sealingKeyOf(key))
    } catch (error) {
      throw error instanceof DecryptFailed ? invalid('Unseal failed, invalid key') : error
    } finally {
      zeroize(key)
    }
  }

  #attempt(id: string): UnsealAttempt {
    const known = this.#attempts.get(id)
    if (known !== undefined) return known
    const [oldest] = this.#attempts.keys()
    if (oldest !== undefined && this.#attempts.size >= ATTEMPTS_MAX) this.#forget(oldest)
    const made = new UnsealAttempt(this.#random)
    this.#attempts.set(id, made)
    return made
  }

  #forget(id: string): void {
    this.#attempts.get(id)?.clear()
    this.#attempts.delete(id)
  }

  #status(id: string, keys: VaultKeys, { threshold, shares }: Quorum): NamespaceSealStatus {
    const attempt = this.#attempts.get(id)
    return {
      type: 'shamir',
      sealed: !keys.isUnsealed(id),
      threshold,
      shares,
      progress: attempt?.progress ?? 0,
      nonce: attempt?.nonce ?? '',
    }
  }
}

/** Unseals with what another process of this machine handed over, which is erased. What was sealed since stays sealed. */
export async function adoptSealings(keys: VaultKeys, handed: readonly HandedSealing[]): Promise<void> {
  for (const { id, key, order } of handed) {
    const own = createSecretKey(key)
    zeroize(key)
    await keys.unsealNamespace(id, own, order).catch((error: unknown) => {
      if (!(error instanceof EgideError && (error.code === 'sealed' || error.code === 'not_found'))) throw error
    })
  }
}

async function quorumOf(id: string, keys: VaultKeys): Promise<Quorum> {
  const sealing = await keys.sealingOf(id)
  if (sealing === undefined || sealing.quorum === null) throw notSealable()
  return sealing.quorum
}
