/**
 * Tokens as clients of this API hold them: `s.`, `b.`, `hvs.` and the like before 24 characters or more. Whatever got one
 * into a log line, it does not stay there.
 */
const TOKEN_TEXT = /\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{24,}/g

export function withoutTokens(line: string): string {
  return line.includes('.') ? line.replace(TOKEN_TEXT, '[redacted token]') : line
}
