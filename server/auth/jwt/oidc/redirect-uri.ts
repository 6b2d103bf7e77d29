const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether the provider may send people back there: one of those that are allowed, character by character. Of a loopback
 * address the port does not matter (RFC 8252, section 7.3): a command takes the one that is free.
 */
export function isAllowedRedirect(uri: string, allowed: readonly string[]): boolean {
  const url = URL.parse(uri)
  if (url === null) return false
  if (!LOOPBACK.has(url.hostname)) return allowed.includes(uri)
  const wanted = withoutPort(url)
  return allowed.some((one) => {
    const candidate = URL.parse(one)
    return candidate !== null && withoutPort(candidate) === wanted
  })
}

function withoutPort(url: URL): string {
  const copy = new URL(url)
  copy.port = ''
  return copy.href
}

/** The URI without its parameter `namespace`, and that parameter. */
export function withoutNamespace(uri: string): { readonly uri: string; readonly namespace: string } {
  const url = URL.parse(uri)
  const namespace = url?.searchParams.get('namespace') ?? ''
  if (url === null || namespace === '') return { uri, namespace: '' }
  url.searchParams.delete('namespace')
  return { uri: url.href, namespace }
}
