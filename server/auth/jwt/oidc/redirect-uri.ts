/** The URI without its parameter `namespace`, and that parameter. */
export function withoutNamespace(uri: string): { readonly uri: string; readonly namespace: string } {
  const url = URL.parse(uri)
  const namespace = url?.searchParams.get('namespace') ?? ''
  if (url === null || namespace === '') return { uri, namespace: '' }
  url.searchParams.delete('namespace')
  return { uri: url.href, namespace }
}
