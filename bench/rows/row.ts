import type { JsonObject } from '../../test/harness/http.ts'
import type { PrimitiveName } from '../primitives/primitives.ts'

/**
 * Connections of an HTTP row, each with one request under way: what a server of many applications has, and enough that none
 * of the servers idles while a disk or another thread works. `-grow=clients` shows fewer and more.
 */
export const CLIENTS = 64

/** One kind of request, as an application sends it again and again. */
export type Row = HttpRow | GrpcRow

interface Shared {
  readonly name: string
  readonly connections: number
  /** Lowest share of the bare server's rate that is good; undefined: whatever it is. */
  readonly bareGoal?: number | undefined
  /** Lowest multiple of OpenBao's rate that is good. */
  readonly openbaoGoal?: number | undefined
  /** Lowest number of items for a second of CPU that is good. */
  readonly itemsGoal?: number
  /** The cryptography in it, which is measured alone in the same turns: once for each item. */
  readonly primitive?: PrimitiveName
  /** Lowest share of the primitive's rate on all processors that is good. */
  readonly primitiveGoal?: number
  /** Another row that takes its turns beside this one on the first server, and what the two of them are held to. */
  readonly beside?: Beside
  /** Windows are so many times as long, where single requests differ much. Default 1. */
  readonly windowFactor?: number
}

export interface Beside {
  readonly row: HttpRow
  /** Highest multiple that is good of what a request of `row` and one primitive take together. */
  readonly goal: number
}

/** Over gRPC. */
export interface GrpcRow extends Shared {
  /** '/egide.v1.Transit/Encrypt'. */
  readonly method: string
  readonly message: Buffer
  /** Calls, or messages of a connection's one stream. */
  readonly underWay: number
  readonly isStream: boolean
  /** In a message. */
  readonly items: number
}

export interface HttpRow extends Shared {
  readonly method: 'GET' | 'POST'
  /** Below /v1/. */
  readonly path: string
  /** An operation of the AWS KMS protocol: signed, and sent to that protocol's own path. */
  readonly aws?: string
  readonly body?: unknown
  /** A member of the body that another request of the same client makes, and how: what is decrypted or verified. */
  readonly made?: {
    readonly member: string
    /** Its name in the reply. Default: the same. */
    readonly from?: string
    readonly path: string
    readonly body: unknown
  }
  /** The end of the path, made of the answer to another request of the same client. */
  readonly madePath?: { readonly path: string; readonly body: unknown; readonly of: (reply: JsonObject) => string }
  readonly isAnonymous?: boolean
  readonly isNumbered?: boolean
  /** OpenBao has nothing like it. */
  readonly isOwn?: boolean
  /** In a request; absent: one. */
  readonly items?: number
}

/** A request that makes what rows need: a POST below /v1/. */
export type SetUp = readonly [path: string, body: object]

export const isGrpc = (row: Row): row is GrpcRow => 'message' in row
