import type { Random } from '../../../engines/engine.ts'
import { denied, invalid } from '../../../engines/errors.ts'
import { accountOf } from '../../../engines/kms/arn.ts'
import { awsCredential } from '../../../engines/kms/aws-credential.ts'
import { keySegmentOf } from '../../../engines/kms/keys/key-segment.ts'
import type { AccessKeyService, NewAccessToken } from '../../../engines/kms/services.ts'
import { TxView } from '../../../storage/tx-view.ts'
import { lifetime } from '../../auth/lifetime.ts'
import { requestedPolicies } from '../../auth/token/policies.ts'
import type { FoundToken, TokenSpec } from '../../auth/token/service.ts'
import { leaseRows, tokenLeaseCodec } from '../leases/rows.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import { mountPrefix } from '../mounts/router.ts'
import type { TokenHomes } from '../tokens/homes.ts'
import { OWN_TOKEN } from '../tokens/spec.ts'
import type { AccessKey } from './access-key.ts'
import { newAccessKeyId } from './access-key-id.ts'

const KMS = 'kms'

/**
 * The access keys of one namespace. Behind each stands a token of its own, without a parent: whatever holds of tokens
 * (policies, audit, revocation by accessor, lists of leases, unmounting) holds of the key.
 */
export class AccessKeyTokens implements AccessKeyService {
  readonly #homes: TokenHomes
  readonly #mounts: MountManager
  readonly #random: Random

  constructor(parts: {
    readonly homes: TokenHomes
    readonly mounts: MountManager
    readonly random: Random
  }) {
    this.#homes = parts.homes
    this.#mounts = parts.mounts
    this.#random = parts.random
  }

  newId(): string {
    return newAccessKeyId(this.#homes.own.ref.id, this.#random)
  }

  /** As AccessKeys, of this namespace alone. */
  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    const { tokens } = this.#homes.own
    for (const { entry, context } of (await this.#mounts.router()).mounts) {
      if (entry.type !== KMS || entry.leaving) continue
      const found = await awsCredential(context.store, accessKeyId)
      if (found === undefined) continue
      const token = found.token.toString('latin1')
      if ((await tokens.lookup(token)) === undefined) return undefined
      const { region } = accountOf(context)
      const segmentOf = (reference: string) => keySegmentOf(context.store, reference, context)
      return { secret: found.secret, token, place: context, region, segmentOf }
    }
    return undefined
  }

  async issue(asked: NewAccessToken): Promise<readonly string[]> {
    const maker = await this.#makerOf(asked)
    const policies = policiesOf(asked, maker)
    const { own } = this.#homes
    const { spec, warnings } = this.#specOf(asked, policies, maker)
    const entry = await this.#mounts.at(asked.mount.path)
    if (entry === undefined) throw invalid('the mount is gone')
    const made = own.tokens.prepare(spec)
    const { token, hash } = made
    const { accessor, expiresAtMs } = made.entry
    const missing: string[] = []
    for (const name of policies) if (!(await own.policies.exists(name))) missing.push(`Policy "${name}" does not exist`)
    await own.tokens.keep(made, async (tx) => {
      await asked.keep(new TxView(tx, mountPrefix(entry)), { token, accessor, policies, expiresAtMs })
      // Without an end a token has no lease; this one has, so that it ends with its mount.
      tx.put(leaseRows.lease(`${spec.path}/${hash}`), {}, tokenLeaseCodec)
    })
    return [...warnings, ...missing]
  }

  async revoke(accessor: string): Promise<void> {
    const { tokens, revoker } = this.#homes.own
    const found = await tokens.lookupAccessor(accessor)
    if (found !== undefined) await revoker.revokeTree(found.hash)
  }

  async lives(accessor: string): Promise<boolean> {
    return (await this.#homes.own.tokens.lookupAccessor(accessor)) !== undefined
  }

  async #makerOf({ by, sudo }: NewAccessToken): Promise<FoundToken> {
    const maker = by === undefined ? undefined : await this.#homes.lookupCaller(by)
    if (maker === undefined) throw denied()
    refuseLimited(maker, sudo)
    return maker
  }

  #specOf(
    { accessKeyId, mount, sudo, ttlSeconds: asked }: NewAccessToken,
    policies: readonly string[],
    maker: FoundToken,
  ): { readonly spec: TokenSpec; readonly warnings: readonly string[] } {
    const { ttlSeconds, warnings } =
      asked === 0
        ? { ttlSeconds: 0, warnings: [] }
        : lifetime({
            incrementSeconds: 0,
            ttlSeconds: asked,
            periodSeconds: 0,
            maxTtlSeconds: 0,
            explicitMaxTtlSeconds: 0,
            mountDefaultSeconds: mount.defaultLeaseTtlSeconds,
            mountMaxSeconds: mount.maxLeaseTtlSeconds,
            ageSeconds: 0,
          })
    const spec: TokenSpec = {
      ...OWN_TOKEN,
      policies,
      path: `${mount.path}aws-credentials/${accessKeyId}`,
      meta: { access_key_id: accessKeyId },
      displayName: `aws-${accessKeyId}`,
      ttlSeconds,
      // As a token's children, and its orphans, which take sudo.
      boundCidrs: sudo ? [] : maker.entry.boundCidrs,
      mountUuid: mount.uuid,
    }
    return { spec, warnings }
  }
}

/** As those of a token that is made: a subset of its maker's, or with sudo any; never root's. */
function policiesOf({ sudo, policies }: NewAccessToken, maker: FoundToken): readonly string[] {
  if (policies.length === 0) throw invalid('policies must name at least one policy')
  // `default` is for people who log in: what it allows is nothing that an AWS client can ask for.
  const asked = { policies, no_default_policy: true }
  const kept = requestedPolicies(asked, maker.entry.policies, undefined, sudo)
  if (kept.length === 0) throw invalid('policies must name one beside "default"')
  if (kept.includes('root')) throw invalid('a credential of an AWS client cannot have the policy "root"')
  return kept
}

/** As of callers who make tokens: none may escape its own limits through what it makes. */
function refuseLimited({ entry, from }: FoundToken, sudo: boolean): void {
  if (entry.type === 'batch') throw invalid('batch tokens cannot create credentials')
  if (entry.numUses !== 0) throw invalid('a token with a limited number of uses cannot create credentials')
  // Its policies are names of other policies here, so that nothing can be a subset of them.
  if (from !== undefined && !sudo)
    throw invalid('root or sudo privileges required to create a credential in a child namespace')
}
