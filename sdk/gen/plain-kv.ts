// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface PlainKvReadInput {
  /** Where the secret lies. Required. */
  readonly path?: string
}

export interface PlainKvWatchSecretInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface PlainKvWatchSecretData {
  /**
   * What became of the secret last: a version was written, deleted, undeleted or destroyed, its metadata changed, or
   * it was removed with all its versions. `position`: all up to the revision has been told. `resync`: changes may have
   * been missed; read anew what you keep of it.
   */
  readonly kind: "written" | "deleted" | "undeleted" | "destroyed" | "metadata" | "removed" | "position" | "resync"
  /** The secret, below the mount; '' in a position and a resync. */
  readonly path: string
  /** The version it is about; 0 where it is about none. */
  readonly version: number
  /** Where this stands in the order of all changes; a watch goes on after it. */
  readonly revision: number
}

export interface PlainKvListInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. */
  readonly limit?: number
}

export interface PlainKvListData {
  readonly keys: readonly string[]
}

export interface PlainKvWatchInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface PlainKvScanInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. */
  readonly limit?: number
}

export interface PlainKvWriteInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PlainKvDeleteInput {
  /** Where the secret lies. Required. */
  readonly path?: string
}

const READ: Operation = {
  service: 'Kv',
  rpc: 'ReadPlain',
  verb: 'GET',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WATCH_SECRET: Operation = {
  service: 'Kv',
  rpc: 'WatchSecretPlain',
  verb: 'GET',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const LIST: Operation = {
  service: 'Kv',
  rpc: 'ListPlain',
  verb: 'LIST',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WATCH: Operation = {
  service: 'Kv',
  rpc: 'WatchPlain',
  verb: 'LIST',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const SCAN: Operation = {
  service: 'Kv',
  rpc: 'ScanPlain',
  verb: 'SCAN',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WRITE: Operation = {
  service: 'Kv',
  rpc: 'WritePlain',
  verb: 'POST',
  path: '{mount}/{path=**}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE: Operation = {
  service: 'Kv',
  rpc: 'DeletePlain',
  verb: 'DELETE',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Secrets that are stored: with versions, in the flat form, and plain. */
export class PlainKv extends Group {
  /**
   * Write, read, remove and list secrets. The whole body is stored. A member `ttl` (or `lease`) tells readers after
   * how long to read again: it becomes the answer's lease_duration and has no other effect.
   */
  read(input: string | PlainKvReadInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes of one secret, as far as the token may read it, for as long as the token lives. Needs read of
   * the secret. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watchSecret(input: string | PlainKvWatchSecretInput = {}, options?: CallOptions): AsyncIterable<Reply<PlainKvWatchSecretData>> {
    return this.listen<PlainKvWatchSecretData>(WATCH_SECRET, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets. The whole body is stored. A member `ttl` (or `lease`) tells readers after
   * how long to read again: it becomes the answer's lease_duration and has no other effect.
   */
  list(input: string | PlainKvListInput = {}, options?: CallOptions): Promise<Reply<PlainKvListData>> {
    return this.ask<PlainKvListData>(LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes below a folder, as far as the token may read it, for as long as the token lives. Needs list of
   * the folder. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watch(input: string | PlainKvWatchInput = {}, options?: CallOptions): AsyncIterable<Reply<PlainKvWatchSecretData>> {
    return this.listen<PlainKvWatchSecretData>(WATCH, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets. The whole body is stored. A member `ttl` (or `lease`) tells readers after
   * how long to read again: it becomes the answer's lease_duration and has no other effect.
   */
  scan(input: string | PlainKvScanInput = {}, options?: CallOptions): Promise<Reply<PlainKvListData>> {
    return this.ask<PlainKvListData>(SCAN, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets. The whole body is stored. A member `ttl` (or `lease`) tells readers after
   * how long to read again: it becomes the answer's lease_duration and has no other effect.
   */
  write(input: PlainKvWriteInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE, { ...input }, options)
  }

  /**
   * Write, read, remove and list secrets. The whole body is stored. A member `ttl` (or `lease`) tells readers after
   * how long to read again: it becomes the answer's lease_duration and has no other effect.
   */
  delete(input: string | PlainKvDeleteInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE, typeof input === 'string' ? input : { ...input }, options)
  }
}
