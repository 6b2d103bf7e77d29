const TIMEOUT = /^(\d{1,8})([HMSmun])$/
const MILLISECONDS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }
/** More is beyond any timer: three weeks. */
const MOST_MS = 2 ** 31 - 1

/** Milliseconds of a `grpc-timeout`; undefined where it is none. */
export function timeoutMs(text: string): number | undefined {
  const [, value, unit = ''] = TIMEOUT.exec(text) ?? []
  return value === undefined ? undefined : Math.min(Number(value) * (MILLISECONDS[unit] ?? 0), MOST_MS)
}
