import type { Server } from './server.ts'

export interface DevVault {
  readonly unsealKey: string
  readonly rootToken: string
}

/** Initialises the vault of a development server with one share, unseals it, and gives it the root token that was asked for. */
export async function makeDevVault({ vault }: Server, rootToken: string | undefined): Promise<DevVault> {
  const { shares, rootToken: made } = await vault.seal.initialise({
    secretShares: 1,
    secretThreshold: 1,
    recoveryShares: 0,
    recoveryThreshold: 0,
  })
  const [share] = shares
  if (share === undefined) throw new Error('the vault was initialised without a share')
  const unsealKey = share.toString('base64')
  await vault.seal.unseal(share)
  if (rootToken === undefined) return { unsealKey, rootToken: made }
  await vault.core.root?.createRootToken(rootToken)
  await vault.core.revokeRootToken(made)
  return { unsealKey, rootToken }
}
