const LOOPBACK = /^(https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?=[/?]|$)/

/**
 * Whether a provider may send people back there: one of those that are allowed, character by character. Of a loopback
 * address the port does not matter (RFC 8252, section 7.3): a command takes the one that is free.
 * No URL is parsed: whoever is sent the text may read another host in it than we do.
 */
export function isAllowedRedirect(uri: string, allowed: readonly string[]): boolean {
  const wanted = uri.replace(LOOPBACK, '$1')
  return allowed.some((one) => one === uri || (LOOPBACK.test(uri) && one.replace(LOOPBACK, '$1') === wanted))
}
