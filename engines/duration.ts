/** Go's way to write a duration, as in 1h0m0s: peers do so in their messages. */
export function goDuration(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (hours > 0) return `${hours}h${minutes}m${whole % 60}s`
  return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`
}
