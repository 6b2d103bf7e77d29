// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface KvReadConfigData {
  readonly max_versions: number
  readonly cas_required: boolean
  readonly metadata_cas_required: boolean
  readonly delete_version_after: string
}

export interface KvWriteConfigInput {
  /** How many versions each secret keeps; 0 is the default, 10. */
  readonly max_versions?: number
  /** Refuse writes without `cas`. */
  readonly cas_required?: boolean
  /** Refuse changes of metadata without `metadata_cas`. */
  readonly metadata_cas_required?: boolean
  /**
   * Versions read as deleted after this long; 0: never; negative: never, whatever a secret says itself. Seconds, or a
   * duration such as '1h30m'.
   */
  readonly delete_version_after?: number | string
}

export interface KvReadInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** The version to read; 0 is the newest. Default 0. */
  readonly version?: number
}

export interface KvReadData {
  readonly data: Json
  readonly metadata: {
    readonly version: number
    readonly created_time: string
    /** RFC 3339; '' for never. */
    readonly deletion_time: string
    readonly destroyed: boolean
    readonly custom_metadata: Readonly<Record<string, string>>
  }
}

export interface KvWatchSecretInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface KvWatchSecretData {
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

export interface KvWriteInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** The version to read; 0 is the newest. Default 0. */
  readonly version?: number
  /** The secret: names and values. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Of a write: `cas` is the version that must be the newest at that moment, 0 if there must be none yet. */
  readonly options?: Readonly<Record<string, unknown>>
}

export interface KvWriteData {
  readonly version: number
  readonly created_time: string
  /** RFC 3339; '' for never. */
  readonly deletion_time: string
  readonly destroyed: boolean
  readonly custom_metadata: Readonly<Record<string, string>>
}

export interface KvPatchInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** The version to read; 0 is the newest. Default 0. */
  readonly version?: number
  /** The secret: names and values. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Of a write: `cas` is the version that must be the newest at that moment, 0 if there must be none yet. */
  readonly options?: Readonly<Record<string, unknown>>
}

export interface KvDeleteInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** The version to read; 0 is the newest. Default 0. */
  readonly version?: number
}

export interface KvDeleteVersionsInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** Numbers of the versions. */
  readonly versions?: readonly number[]
}

export interface KvUndeleteVersionsInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** Numbers of the versions. */
  readonly versions?: readonly number[]
}

export interface KvDestroyVersionsInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** Numbers of the versions. */
  readonly versions?: readonly number[]
}

export interface KvReadMetadataInput {
  /** Where the secret lies. Required. */
  readonly path?: string
}

export interface KvReadMetadataData {
  readonly versions: Readonly<Record<string, {
    readonly created_time: string
    readonly deletion_time: string
    readonly destroyed: boolean
  }>>
  readonly current_version: number
  readonly current_metadata_version: number
  readonly oldest_version: number
  readonly created_time: string
  readonly updated_time: string
  readonly max_versions: number
  readonly cas_required: boolean
  readonly metadata_cas_required: boolean
  readonly delete_version_after: string
  readonly custom_metadata: Readonly<Record<string, string>>
}

export interface KvListInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KvListData {
  readonly keys: readonly string[]
}

export interface KvWatchInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** Of a watch: tell what changed after this revision; absent: what changes from now on. Take it from the last event. */
  readonly after_revision?: number
}

export interface KvScanInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KvWriteMetadataInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** How many versions to keep, if that is more than the mount says; 0: as it says. */
  readonly max_versions?: number
  /** Refuse writes of this secret without `cas`. */
  readonly cas_required?: boolean
  /** Refuse changes of this metadata without `metadata_cas`. */
  readonly metadata_cas_required?: boolean
  /** The metadata version that must be the current one at that moment; 0 if there must be none yet. */
  readonly metadata_cas?: number
  /**
   * New versions read as deleted after this long, or after the mount's term if that is shorter. Seconds, or a duration
   * such as '1h30m'.
   */
  readonly delete_version_after?: number | string
  /** Names and values that describe the secret, readable with its metadata. */
  readonly custom_metadata?: Readonly<Record<string, unknown>>
}

export interface KvPatchMetadataInput {
  /** Where the secret lies. Required. */
  readonly path?: string
  /** How many versions to keep, if that is more than the mount says; 0: as it says. */
  readonly max_versions?: number
  /** Refuse writes of this secret without `cas`. */
  readonly cas_required?: boolean
  /** Refuse changes of this metadata without `metadata_cas`. */
  readonly metadata_cas_required?: boolean
  /** The metadata version that must be the current one at that moment; 0 if there must be none yet. */
  readonly metadata_cas?: number
  /**
   * New versions read as deleted after this long, or after the mount's term if that is shorter. Seconds, or a duration
   * such as '1h30m'.
   */
  readonly delete_version_after?: number | string
  /** Names and values that describe the secret, readable with its metadata. */
  readonly custom_metadata?: Readonly<Record<string, unknown>>
}

export interface KvDeleteMetadataInput {
  /** Where the secret lies. Required. */
  readonly path?: string
}

export interface KvListDetailedInput {
  /** The folder to list. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KvListDetailedData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly versions: Readonly<Record<string, {
      readonly created_time: string
      readonly deletion_time: string
      readonly destroyed: boolean
    }>>
    readonly current_version: number
    readonly current_metadata_version: number
    readonly oldest_version: number
    readonly created_time: string
    readonly updated_time: string
    readonly max_versions: number
    readonly cas_required: boolean
    readonly metadata_cas_required: boolean
    readonly delete_version_after: string
    readonly custom_metadata: Readonly<Record<string, string>>
  }>>
}

export interface KvScanDetailedInput {
  /** The folder to list. Required. */
  readonly path?: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KvReadSubkeysInput {
  /** Where the secret lies. Required. */
  readonly path: string
  /** The version to look at; 0 is the newest. Default 0. */
  readonly version?: number
  /** How many levels of names to show; 0 shows all. Default 0. */
  readonly depth?: number
}

export interface KvReadSubkeysData {
  readonly subkeys: Json
  readonly metadata: {
    readonly version: number
    readonly created_time: string
    /** RFC 3339; '' for never. */
    readonly deletion_time: string
    readonly destroyed: boolean
    readonly custom_metadata: Readonly<Record<string, string>>
  }
}

const READ_CONFIG: Operation = {
  service: 'Kv',
  rpc: 'ReadConfig',
  verb: 'GET',
  path: '{mount}/config',
  safe: true,
  answers: 'data',
  shape: { object: { max_versions: 'value', cas_required: 'value', metadata_cas_required: 'value', delete_version_after: 'value' } },
}

const WRITE_CONFIG: Operation = {
  service: 'Kv',
  rpc: 'WriteConfig',
  verb: 'POST',
  path: '{mount}/config',
  safe: false,
  answers: 'data',
  shape: { object: { max_versions: 'value', cas_required: 'value', metadata_cas_required: 'value', delete_version_after: 'value' } },
}

const READ: Operation = {
  service: 'Kv',
  rpc: 'Read',
  verb: 'GET',
  path: '{mount}/data/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { data: 'any', metadata: { object: { version: 'value', created_time: 'value', deletion_time: 'value', destroyed: 'value', custom_metadata: { map: 'value' } } } } },
}

const WATCH_SECRET: Operation = {
  service: 'Kv',
  rpc: 'WatchSecret',
  verb: 'GET',
  path: '{mount}/data/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const WRITE: Operation = {
  service: 'Kv',
  rpc: 'Write',
  verb: 'POST',
  path: '{mount}/data/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { version: 'value', created_time: 'value', deletion_time: 'value', destroyed: 'value', custom_metadata: { map: 'value' } } },
}

const PATCH: Operation = {
  service: 'Kv',
  rpc: 'Patch',
  verb: 'PATCH',
  path: '{mount}/data/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { version: 'value', created_time: 'value', deletion_time: 'value', destroyed: 'value', custom_metadata: { map: 'value' } } },
}

const DELETE: Operation = {
  service: 'Kv',
  rpc: 'Delete',
  verb: 'DELETE',
  path: '{mount}/data/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_VERSIONS: Operation = {
  service: 'Kv',
  rpc: 'DeleteVersions',
  verb: 'POST',
  path: '{mount}/delete/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const UNDELETE_VERSIONS: Operation = {
  service: 'Kv',
  rpc: 'UndeleteVersions',
  verb: 'POST',
  path: '{mount}/undelete/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DESTROY_VERSIONS: Operation = {
  service: 'Kv',
  rpc: 'DestroyVersions',
  verb: 'POST',
  path: '{mount}/destroy/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_METADATA: Operation = {
  service: 'Kv',
  rpc: 'ReadMetadata',
  verb: 'GET',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { versions: { map: { object: { created_time: 'value', deletion_time: 'value', destroyed: 'value' } } }, current_version: 'value', current_metadata_version: 'value', oldest_version: 'value', created_time: 'value', updated_time: 'value', max_versions: 'value', cas_required: 'value', metadata_cas_required: 'value', delete_version_after: 'value', custom_metadata: { map: 'value' } } },
}

const LIST: Operation = {
  service: 'Kv',
  rpc: 'List',
  verb: 'LIST',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WATCH: Operation = {
  service: 'Kv',
  rpc: 'Watch',
  verb: 'LIST',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'events',
  shape: { object: { kind: 'value', path: 'value', version: 'value', revision: 'value' } },
}

const SCAN: Operation = {
  service: 'Kv',
  rpc: 'Scan',
  verb: 'SCAN',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const WRITE_METADATA: Operation = {
  service: 'Kv',
  rpc: 'WriteMetadata',
  verb: 'POST',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const PATCH_METADATA: Operation = {
  service: 'Kv',
  rpc: 'PatchMetadata',
  verb: 'PATCH',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_METADATA: Operation = {
  service: 'Kv',
  rpc: 'DeleteMetadata',
  verb: 'DELETE',
  path: '{mount}/metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_DETAILED: Operation = {
  service: 'Kv',
  rpc: 'ListDetailed',
  verb: 'LIST',
  path: '{mount}/detailed-metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { versions: { map: { object: { created_time: 'value', deletion_time: 'value', destroyed: 'value' } } }, current_version: 'value', current_metadata_version: 'value', oldest_version: 'value', created_time: 'value', updated_time: 'value', max_versions: 'value', cas_required: 'value', metadata_cas_required: 'value', delete_version_after: 'value', custom_metadata: { map: 'value' } } } } } },
}

const SCAN_DETAILED: Operation = {
  service: 'Kv',
  rpc: 'ScanDetailed',
  verb: 'SCAN',
  path: '{mount}/detailed-metadata/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { versions: { map: { object: { created_time: 'value', deletion_time: 'value', destroyed: 'value' } } }, current_version: 'value', current_metadata_version: 'value', oldest_version: 'value', created_time: 'value', updated_time: 'value', max_versions: 'value', cas_required: 'value', metadata_cas_required: 'value', delete_version_after: 'value', custom_metadata: { map: 'value' } } } } } },
}

const READ_SUBKEYS: Operation = {
  service: 'Kv',
  rpc: 'ReadSubkeys',
  verb: 'GET',
  path: '{mount}/subkeys/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { subkeys: 'any', metadata: { object: { version: 'value', created_time: 'value', deletion_time: 'value', destroyed: 'value', custom_metadata: { map: 'value' } } } } },
}

/** Secrets that are stored: with versions, in the flat form, and plain. */
export class Kv extends Group {
  /** Settings that hold for all secrets of the mount. */
  readConfig(options?: CallOptions): Promise<Reply<KvReadConfigData>> {
    return this.ask<KvReadConfigData>(READ_CONFIG, {}, options)
  }

  /** Settings that hold for all secrets of the mount. */
  writeConfig(input: KvWriteConfigInput = {}, options?: CallOptions): Promise<Reply<KvReadConfigData>> {
    return this.ask<KvReadConfigData>(WRITE_CONFIG, { ...input }, options)
  }

  /**
   * Read, write, patch and delete a secret. A write makes a new version and keeps the older ones up to the limit. A
   * patch changes members of the newest version by the rules of JSON Merge Patch (RFC 7396) and stores the outcome as
   * a new version. A delete marks the newest version; it can be undone.
   */
  read(input: string | KvReadInput, options?: CallOptions): Promise<Reply<KvReadData>> {
    return this.ask<KvReadData>(READ, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes of one secret, as far as the token may read it, for as long as the token lives. Needs read of
   * the secret. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watchSecret(input: string | KvWatchSecretInput, options?: CallOptions): AsyncIterable<Reply<KvWatchSecretData>> {
    return this.listen<KvWatchSecretData>(WATCH_SECRET, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Read, write, patch and delete a secret. A write makes a new version and keeps the older ones up to the limit. A
   * patch changes members of the newest version by the rules of JSON Merge Patch (RFC 7396) and stores the outcome as
   * a new version. A delete marks the newest version; it can be undone.
   */
  write(input: string | KvWriteInput, options?: CallOptions): Promise<Reply<KvWriteData>> {
    return this.ask<KvWriteData>(WRITE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Read, write, patch and delete a secret. A write makes a new version and keeps the older ones up to the limit. A
   * patch changes members of the newest version by the rules of JSON Merge Patch (RFC 7396) and stores the outcome as
   * a new version. A delete marks the newest version; it can be undone.
   */
  patch(input: string | KvPatchInput, options?: CallOptions): Promise<Reply<KvWriteData>> {
    return this.ask<KvWriteData>(PATCH, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Read, write, patch and delete a secret. A write makes a new version and keeps the older ones up to the limit. A
   * patch changes members of the newest version by the rules of JSON Merge Patch (RFC 7396) and stores the outcome as
   * a new version. A delete marks the newest version; it can be undone.
   */
  delete(input: string | KvDeleteInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Mark versions of a secret as deleted. */
  deleteVersions(input: string | KvDeleteVersionsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DELETE_VERSIONS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make deleted versions readable again. */
  undeleteVersions(input: string | KvUndeleteVersionsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(UNDELETE_VERSIONS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Remove the data of versions for good. */
  destroyVersions(input: string | KvDestroyVersionsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DESTROY_VERSIONS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  readMetadata(input: string | KvReadMetadataInput = {}, options?: CallOptions): Promise<Reply<KvReadMetadataData>> {
    return this.ask<KvReadMetadataData>(READ_METADATA, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  list(input: string | KvListInput = {}, options?: CallOptions): Promise<Reply<KvListData>> {
    return this.ask<KvListData>(LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Tells what changes below a folder, as far as the token may read it, for as long as the token lives. Needs list of
   * the folder. Changes of one secret in quick succession may come as one event, and an event may come twice.
   */
  watch(input: string | KvWatchInput = {}, options?: CallOptions): AsyncIterable<Reply<KvWatchSecretData>> {
    return this.listen<KvWatchSecretData>(WATCH, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  scan(input: string | KvScanInput = {}, options?: CallOptions): Promise<Reply<KvListData>> {
    return this.ask<KvListData>(SCAN, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  writeMetadata(input: string | KvWriteMetadataInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_METADATA, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  patchMetadata(input: string | KvPatchMetadataInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(PATCH_METADATA, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets; read, set and patch what is kept beside their versions; remove a secret for good. */
  deleteMetadata(input: string | KvDeleteMetadataInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_METADATA, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets together with their metadata. */
  listDetailed(input: string | KvListDetailedInput = {}, options?: CallOptions): Promise<Reply<KvListDetailedData>> {
    return this.ask<KvListDetailedData>(LIST_DETAILED, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List secrets together with their metadata. */
  scanDetailed(input: string | KvScanDetailedInput = {}, options?: CallOptions): Promise<Reply<KvListDetailedData>> {
    return this.ask<KvListDetailedData>(SCAN_DETAILED, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read the names in a secret, without its values. */
  readSubkeys(input: string | KvReadSubkeysInput, options?: CallOptions): Promise<Reply<KvReadSubkeysData>> {
    return this.ask<KvReadSubkeysData>(READ_SUBKEYS, typeof input === 'string' ? input : { ...input }, options)
  }
}
