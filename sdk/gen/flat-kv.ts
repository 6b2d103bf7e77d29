// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface FlatKvReadInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** The version to read or remove; 0: the newest to read, all to remove. Default 0. */
  readonly version?: number
}

export interface FlatKvReadData {
  readonly data: Json
  readonly version: number
  readonly created_time: string
  /** RFC 3339; '' for never. */
  readonly expire_time: string
}

export interface FlatKvWatchSecretInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface FlatKvWatchSecretData {
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

export interface FlatKvListInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface FlatKvListData {
  readonly keys: readonly string[]
}

export interface FlatKvWatchInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface FlatKvScanInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface FlatKvWriteInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** The secret: names and values. */
  readonly data?: Readonly<Record<string, unknown>>
  /** The version that must be the newest at that moment; 0 if there must be none yet. */
  readonly cas?: number
  /** This version is gone for good after this long; absent or 0: it stays. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** The version to read or remove; 0: the newest to read, all to remove. Default 0. */
  readonly version?: number
}

export interface FlatKvWriteData {
  readonly version: number
  readonly created_time: string
  /** RFC 3339; '' for never. */
  readonly expire_time: string
}

export interface FlatKvDeleteInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** The version to read or remove; 0: the newest to read, all to remove. Default 0. */
  readonly version?: number
}

const READ: Operation = {
  service: 'Kv',
  rpc: 'ReadFlat',
  verb: 'GET',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { data: 'any', version: 'value', created_time: 'value', expire_time: 'value' } },
}

const WATCH_SECRET: Operation = {
  service: 'Kv',
  rpc: 'WatchSecretFlat',
  verb: 'GET',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const LIST: Operation = {
  service: 'Kv',
  rpc: 'ListFlat',
  verb: 'LIST',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WATCH: Operation = {
  service: 'Kv',
  rpc: 'WatchFlat',
  verb: 'LIST',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const SCAN: Operation = {
  service: 'Kv',
  rpc: 'ScanFlat',
  verb: 'SCAN',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WRITE: Operation = {
  service: 'Kv',
  rpc: 'WriteFlat',
  verb: 'POST',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { version: 'value', created_time: 'value', expire_time: 'value' } },
}

const DELETE: Operation = {
  service: 'Kv',
  rpc: 'DeleteFlat',
  verb: 'DELETE',
  path: '{mount}/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Secrets that are stored: with versions, in the flat form, and plain. */
export class FlatKv extends Group {
  /**
   * Write, read, remove and list versioned secrets. A write makes a new version; the ten newest are kept. A version
   * with a ttl is gone for good when its time is up. Removing a secret, or one version of it, is final.
   */
  read(input: string | FlatKvReadInput = {}, options?: CallOptions): Promise<Reply<FlatKvReadData>> {
    return this.ask<FlatKvReadData>(READ, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes of one secret, as far as the token may read it, for as long as the token lives. Needs read of
   * the secret. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watchSecret(input: string | FlatKvWatchSecretInput = {}, options?: CallOptions): AsyncIterable<Reply<FlatKvWatchSecretData>> {
    return this.listen<FlatKvWatchSecretData>(WATCH_SECRET, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list versioned secrets. A write makes a new version; the ten newest are kept. A version
   * with a ttl is gone for good when its time is up. Removing a secret, or one version of it, is final.
   */
  list(input: string | FlatKvListInput = {}, options?: CallOptions): Promise<Reply<FlatKvListData>> {
    return this.ask<FlatKvListData>(LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes below a folder, as far as the token may read it, for as long as the token lives. Needs list of
   * the folder. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watch(input: string | FlatKvWatchInput = {}, options?: CallOptions): AsyncIterable<Reply<FlatKvWatchSecretData>> {
    return this.listen<FlatKvWatchSecretData>(WATCH, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list versioned secrets. A write makes a new version; the ten newest are kept. A version
   * with a ttl is gone for good when its time is up. Removing a secret, or one version of it, is final.
   */
  scan(input: string | FlatKvScanInput = {}, options?: CallOptions): Promise<Reply<FlatKvListData>> {
    return this.ask<FlatKvListData>(SCAN, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list versioned secrets. A write makes a new version; the ten newest are kept. A version
   * with a ttl is gone for good when its time is up. Removing a secret, or one version of it, is final.
   */
  write(input: string | FlatKvWriteInput = {}, options?: CallOptions): Promise<Reply<FlatKvWriteData>> {
    return this.ask<FlatKvWriteData>(WRITE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Write, read, remove and list versioned secrets. A write makes a new version; the ten newest are kept. A version
   * with a ttl is gone for good when its time is up. Removing a secret, or one version of it, is final.
   */
  delete(input: string | FlatKvDeleteInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE, typeof input === 'string' ? input : { ...input }, options)
  }
}
