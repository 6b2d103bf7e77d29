/** How Vault writes times and durations. */

/** RFC 3339 in UTC without trailing zeros of the fraction, as Go's RFC3339Nano: '2026-11-22T12:24:52.58Z'. */
export function rfc3339(ms: number): string {
  const text = new Date(ms).toISOString()
  let end = text.length - 1
  while (text[end - 1] === '0') end--
  if (text[end - 1] === '.') end--
  // Only the fraction may lose zeros: '…:50Z' keeps its seconds.
  return end < SECONDS_END ? `${text.slice(0, SECONDS_END)}Z` : `${text.slice(0, end)}Z`
}

const SECONDS_END = '2026-11-22T12:24:52'.length

/** As `rfc3339`; '' for no time. */
export function optionalTime(ms: number | undefined): string {
  return ms === undefined ? '' : rfc3339(ms)
}

/** Whole seconds as Go prints a duration: '0s', '1m30s', '3h0m5s'. */
export function goDuration(seconds: number): string {
  if (seconds < 0) return `-${goDuration(-seconds)}`
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = `${seconds % 60}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}
