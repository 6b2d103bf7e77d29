// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface CubbyholeReadInput {
  /** Where the secret lies, among the token's own. Required. */
  readonly path?: string
}

export interface CubbyholeListInput {
  /** Where the secret lies, among the token's own. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. */
  readonly limit?: number
}

export interface CubbyholeListData {
  readonly keys: readonly string[]
}

export interface CubbyholeScanInput {
  /** Where the secret lies, among the token's own. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. */
  readonly limit?: number
}

export interface CubbyholeWriteInput {
  /** Where the secret lies, among the token's own. Required. */
  readonly path?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface CubbyholeDeleteInput {
  /** Where the secret lies, among the token's own. Required. */
  readonly path?: string
}

const READ: Operation = {
  service: 'Cubbyhole',
  rpc: 'Read',
  verb: 'GET',
  path: 'cubbyhole/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST: Operation = {
  service: 'Cubbyhole',
  rpc: 'List',
  verb: 'LIST',
  path: 'cubbyhole/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const SCAN: Operation = {
  service: 'Cubbyhole',
  rpc: 'Scan',
  verb: 'SCAN',
  path: 'cubbyhole/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WRITE: Operation = {
  service: 'Cubbyhole',
  rpc: 'Write',
  verb: 'POST',
  path: 'cubbyhole/{path=**}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE: Operation = {
  service: 'Cubbyhole',
  rpc: 'Delete',
  verb: 'DELETE',
  path: 'cubbyhole/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Secrets of one token, which nobody else can read and which end with it. */
export class Cubbyhole extends Group {
  /**
   * Write, read, remove and list secrets of the token that asks. The whole body is stored. Every token sees only what
   * was written with it.
   */
  read(input: string | CubbyholeReadInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets of the token that asks. The whole body is stored. Every token sees only what
   * was written with it.
   */
  list(input: string | CubbyholeListInput = {}, options?: CallOptions): Promise<Reply<CubbyholeListData>> {
    return this.ask<CubbyholeListData>(LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets of the token that asks. The whole body is stored. Every token sees only what
   * was written with it.
   */
  scan(input: string | CubbyholeScanInput = {}, options?: CallOptions): Promise<Reply<CubbyholeListData>> {
    return this.ask<CubbyholeListData>(SCAN, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets of the token that asks. The whole body is stored. Every token sees only what
   * was written with it.
   */
  write(input: CubbyholeWriteInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE, { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets of the token that asks. The whole body is stored. Every token sees only what
   * was written with it.
   */
  delete(input: string | CubbyholeDeleteInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE, typeof input === 'string' ? input : { ...input }, options)
  }
}
