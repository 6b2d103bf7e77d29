import type { JsonObject } from '../test/harness/http.ts'

/** One kind of request, as an application sends it again and again. */
export type Row = HttpRow | GrpcRow

interface Goals {
  /** Lowest share of the bare server's rate that is good; undefined: whatever it is. */
  readonly bareGoal: number | undefined
  /** Lowest multiple of OpenBao's rate that is good. */
  readonly openbaoGoal: number | undefined
  /** Lowest number of items for a second of CPU that is good. */
  readonly itemsGoal?: number
}

/** Over gRPC. */
export interface GrpcRow extends Goals {
  readonly name: string
  /** '/egide.v1.Transit/Encrypt'. */
  readonly method: string
  readonly message: Buffer
  readonly connections: number
  /** Calls, or messages of a connection's one stream. */
  readonly underWay: number
  readonly isStream: boolean
  /** In a message. */
  readonly items: number
}

export interface HttpRow extends Goals {
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Below /v1/. */
  readonly path: string
  readonly body?: unknown
  /** A member of the body that another request of the same client makes, and how: what is decrypted or verified. */
  readonly made?: { readonly member: string; readonly path: string; readonly body: unknown }
  /** The end of the path, made of the answer to another request of the same client. */
  readonly madePath?: { readonly path: string; readonly body: unknown; readonly of: (reply: JsonObject) => string }
  readonly isAnonymous?: boolean
  readonly isNumbered?: boolean
  readonly connections: number
  /** In a request; absent: one. */
  readonly items?: number
}
