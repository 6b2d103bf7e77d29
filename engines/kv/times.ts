/** How Vault writes times. */

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
