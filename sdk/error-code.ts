/** The system's, Node.js's or OpenSSL's code of what went wrong; '' where there is none. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError) return codeOf(cause.errors[0])
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
