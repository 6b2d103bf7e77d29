const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** What is asked for where there was none. */
export const DURATION = 'a duration such as 30s, 5m or 1h'

/** Milliseconds in `90`, `90s`, `1h30m`, `1.5h`, `2d`, `-1s`; a bare number is seconds. Undefined if it is none of these. */
export function parseDuration(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) * 1000
  if (!/^-?(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -total : total
}

/** For the wire: whole seconds where they are whole. */
export function wireDuration(ms: number): string {
  return Number.isInteger(ms / 1000) ? `${ms / 1000}s` : `${Math.round(ms)}ms`
}

/** For people: 3600 → `1h`, 5400 → `1h30m`, 3661 → `1h1m1s`. */
export function readableSeconds(seconds: number): string {
  if (seconds === 0) return '0s'
  const whole = Math.abs(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const parts = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, rest > 0 && `${rest}s`]
  // A minute count stands between hours and seconds even when it is zero: 1h0m1s.
  if (hours > 0 && minutes === 0 && rest > 0) parts[1] = '0m'
  return `${seconds < 0 ? '-' : ''}${parts.filter(Boolean).join('')}`
}
