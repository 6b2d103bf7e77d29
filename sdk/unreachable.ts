import { codeOf } from './error-code.ts'

/** What OpenSSL says of an answer that is no TLS record. */
export const NO_TLS = /wrong version number|packet length too long|http request/
/** Node.js's codes of chains that end at no authority that is trusted. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** In words, what name resolution and connecting end with most. */
const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
}

/** Of a Unix socket. A file that is sent may have the same codes. */
const NO_SOCKET: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  EACCES: 'permission to use the socket is missing',
}

/** Whether a request failed because the server's certificate leads to no authority that is trusted. */
export const isUntrusted = (cause: unknown): boolean => UNTRUSTED.has(codeOf(cause))

/** Why a request got no answer, for people. `isSecure`: it was sent over TLS. */
export function reasonOf(cause: unknown, isSecure: boolean): string {
  // Several addresses of one name failed: the first says enough.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0], isSecure)
  if (!(cause instanceof Error)) return 'connection failed'
  const code = codeOf(cause)
  if (code === 'EPROTO' && NO_TLS.test(cause.message))
    return 'what answers there does not speak TLS: its address may begin with http://'
  if (code === 'ECONNRESET' && !isSecure)
    return 'the connection was closed without an answer; where TLS is spoken, the address begins with https://'
  if (code.startsWith('HPE_'))
    return `what answers there does not speak HTTP/1.1 (${code}): it may be the port for gRPC`
  if ('syscall' in cause && cause.syscall === 'connect' && code in NO_SOCKET) return `${NO_SOCKET[code]} (${code})`
  const words = UNREACHED[code]
  if (words !== undefined) return `${words} (${code})`
  if (UNTRUSTED.has(code)) return `its certificate leads to no authority that is trusted here (${code})`
  return cause.message === '' ? cause.name : cause.message
}
