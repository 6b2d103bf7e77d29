import type { TokenType } from '../../engines/engine.ts'

/** Told of tokens and leases that come and go in this process, for metrics. */
export interface LifeEvents {
  tokenCreated(type: TokenType): void
  tokenEnded(how: 'expired' | 'revoked'): void
  leaseCreated(mountType: string): void
  leaseEnded(how: 'expired' | 'revoked'): void
}

/** Where nobody counts. */
export const UNOBSERVED: LifeEvents = {
  tokenCreated() {},
  tokenEnded() {},
  leaseCreated() {},
  leaseEnded() {},
}
