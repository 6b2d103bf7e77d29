import type { ListenerLimits } from '../config/types.ts'
import { DEFAULT_LIMITS, type RestLimits } from '../rest/limits.ts'

/** What a listener's config says, over the defaults. */
export function restLimits(limits: ListenerLimits): RestLimits {
  return {
    ...DEFAULT_LIMITS,
    maxBodyBytes: limits.maxRequestBytes ?? DEFAULT_LIMITS.maxBodyBytes,
    maxJsonDepth: limits.maxJsonDepth ?? DEFAULT_LIMITS.maxJsonDepth,
    maxJsonKeys: limits.maxJsonKeys ?? DEFAULT_LIMITS.maxJsonKeys,
    maxJsonValues: limits.maxJsonValues ?? DEFAULT_LIMITS.maxJsonValues,
    maxJsonStringBytes: limits.maxJsonStringBytes ?? DEFAULT_LIMITS.maxJsonStringBytes,
    maxConnections: limits.maxConnections ?? DEFAULT_LIMITS.maxConnections,
    headersTimeoutMs: limits.headersTimeoutMs ?? DEFAULT_LIMITS.headersTimeoutMs,
    requestTimeoutMs: limits.requestTimeoutMs ?? DEFAULT_LIMITS.requestTimeoutMs,
    handleTimeoutMs: limits.maxRequestDurationMs ?? DEFAULT_LIMITS.handleTimeoutMs,
    keepAliveTimeoutMs: limits.keepAliveTimeoutMs ?? DEFAULT_LIMITS.keepAliveTimeoutMs,
  }
}
