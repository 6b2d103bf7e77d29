import { ENCRYPTIONS_BEFORE_ROTATION } from '../../crypto/encryption-count.ts'
import { invalid } from '../../engines/errors.ts'
import type { RotationConfig } from '../../engines/system/services/seal.ts'

export const DEFAULT_ROTATION: RotationConfig = {
  enabled: true,
  intervalSeconds: 0,
  maxOperations: ENCRYPTIONS_BEFORE_ROTATION,
}

const INTERVAL_MIN_SECONDS = 24 * 60 * 60
const OPERATIONS_MIN = 1_000_000

/** The configuration with some of it changed. Refuses what is out of range. */
export function changedRotation(now: RotationConfig, change: Partial<RotationConfig>): RotationConfig {
  const next = { ...now, ...change }
  if (next.intervalSeconds !== 0 && next.intervalSeconds < INTERVAL_MIN_SECONDS) {
    throw invalid('interval must be greater or equal to 24h0m0s')
  }
  if (next.maxOperations < OPERATIONS_MIN || next.maxOperations > ENCRYPTIONS_BEFORE_ROTATION) {
    throw invalid(`max_operations must be in the range [${OPERATIONS_MIN},${ENCRYPTIONS_BEFORE_ROTATION}]`)
  }
  return next
}

/**
 * Whether the active term is due. Before 2^31 encryptions it is due whatever the configuration says: beyond 2^32 a nonce
 * might repeat, and the barrier would have to refuse writes.
 */
export function rotationDue(config: RotationConfig, createdMs: number, encryptions: number, nowMs: number): boolean {
  if (encryptions >= ENCRYPTIONS_BEFORE_ROTATION) return true
  if (!config.enabled) return false
  const old = config.intervalSeconds > 0 && nowMs - createdMs >= config.intervalSeconds * 1000
  return old || encryptions >= config.maxOperations
}
