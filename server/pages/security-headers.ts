import type { RequestHandler } from 'express'

/**
 * Scripts, styles and requests of this server alone, none of them inline; images may be `data:`, which the reference's
 * style sheet uses for its icons. Nobody may put the pages in a frame.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-store',
}

export const securityHeaders: RequestHandler = (request, reply, next) => {
  reply.set(HEADERS)
  if (request.secure) reply.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
  next()
}
