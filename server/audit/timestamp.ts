let cachedSecond = Number.NaN
let cachedPrefix = ''

/** RFC 3339 in UTC with milliseconds, as every audit record carries it. The part up to the second is kept: records come many a second. */
export function rfc3339(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== cachedSecond) {
    cachedPrefix = new Date(second * 1000).toISOString().slice(0, 20)
    cachedSecond = second
  }
  const millis = Math.floor(ms) - second * 1000
  return `${cachedPrefix}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`
}

/** RFC 3339 in UTC to the second, as Vault shows when a token was issued. */
export function rfc3339Seconds(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`
}
