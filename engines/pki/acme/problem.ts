import type { RawReply } from '../../engine.ts'

/** Kinds of problems of RFC 8555, 6.7, with the HTTP status that each comes with. */
const KINDS = {
  accountDoesNotExist: 400,
  alreadyRevoked: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badRevocationReason: 400,
  badSignatureAlgorithm: 400,
  caa: 403,
  connection: 400,
  dns: 400,
  externalAccountRequired: 403,
  incorrectResponse: 403,
  invalidContact: 400,
  malformed: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 400,
  serverInternal: 500,
  tls: 400,
  unauthorized: 403,
  unsupportedContact: 400,
  unsupportedIdentifier: 400,
  alreadyReplaced: 409,
} as const
export type ProblemKind = keyof typeof KINDS

/** What went wrong, as ACME tells it. `detail` goes to the client: no secret, no other account's name. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    kind: ProblemKind,
    detail: string,
    { status, headers }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.kind = kind
    this.status = status ?? KINDS[kind]
    this.headers = headers ?? {}
  }

  get document(): { readonly type: string; readonly detail: string; readonly status: number } {
    return { type: `urn:ietf:params:acme:error:${this.kind}`, detail: this.message, status: this.status }
  }

  reply(headers: Readonly<Record<string, string>>): RawReply {
    return {
      status: this.status,
      contentType: 'application/problem+json',
      body: JSON.stringify(this.document),
      headers: { ...headers, ...this.headers },
    }
  }
}
