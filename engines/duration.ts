/** Whole seconds, cut, as Go prints a duration: '0s', '1m30s', '3h0m5s', '-1s'. */
export function goDuration(seconds: number): string {
  if (seconds < 0) return `-${goDuration(-seconds)}`
  const whole = Math.trunc(seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (hours > 0) return `${hours}h${minutes}m${whole % 60}s`
  return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`
}
