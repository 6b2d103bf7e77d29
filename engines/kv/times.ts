/** How Vault writes times and durations. */

/** RFC 3339 in UTC without trailing zeros of the fraction, as Go's RFC3339Nano: '2026-11-22T12:24:52.58Z'. */
export function rfc3339(ms: number): string {
  const whole = Math.trunc(ms)
  const second = Math.floor(whole / 1000)
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().slice(0, -'.000Z'.length)
    lastSecond = second
  }
  const rest = whole - second * 1000
  if (rest === 0) return `${lastText}Z`
  if (rest % 100 === 0) return `${lastText}.${rest / 100}Z`
  if (rest % 10 === 0) return `${lastText}.${String(rest / 10).padStart(2, '0')}Z`
  return `${lastText}.${String(rest).padStart(3, '0')}Z`
}

/** Of many writes in one second the text is made once. */
let lastSecond = Number.NaN
let lastText = ''

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
