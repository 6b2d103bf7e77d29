// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export type AuditReadDevicesData = Readonly<Record<string, {
  /** The device's name, with a '/' at its end. */
  readonly path: string
  /** file, stdout, syslog, socket or http. */
  readonly type: string
  readonly description: string
  readonly local: boolean
  readonly options: Readonly<Record<string, string>>
}>>

export interface AuditEnableDeviceInput {
  /** Name of the device, such as file. Required. */
  readonly path: string
  /** Type of the device: file, stdout, syslog, socket or http. */
  readonly type?: string
  /** What the device is for. */
  readonly description?: string
  /** Kept and shown; devices are never replicated. Default false. */
  readonly local?: boolean
  /** Options of the device, such as file_path. */
  readonly options?: Readonly<Record<string, string>>
}

export interface AuditDisableDeviceInput {
  /** Name of the device, such as file. Required. */
  readonly path: string
}

export interface AuditHashInput {
  /** Name of the device, such as file. Required. */
  readonly path: string
  /** What to hash with the device's salt. */
  readonly input?: string
}

export interface AuditHashData {
  /** 'hmac-sha256:' and the HMAC in hex. */
  readonly hash: string
}

export interface AuditReadEvidenceInput {
  /** Name of the device, such as file. Required. */
  readonly path: string
}

export interface AuditReadEvidenceData {
  /** The device's id, as it stands in its checkpoints. */
  readonly device: string
  /** Ed25519, in PEM. */
  readonly public_key: string
  /** Names the key in checkpoints. */
  readonly key_id: string
  readonly streams: readonly {
    readonly node: string
    readonly stream: string
    /** Of the newest checkpoint in storage. */
    readonly sequence: number
    readonly chain: string
    readonly time: string
    /** The checkpoint as it stands in the output. */
    readonly line: string
  }[]
}

export interface AuditReadChainKeyInput {
  /** Name of the device, such as file. Required. */
  readonly path: string
}

export interface AuditReadChainKeyData {
  /** 32 bytes in base64. */
  readonly chain_key: string
}

export interface AuditReadRequestHeadersData {
  readonly headers: Readonly<Record<string, {
    /** Whether the value is hashed. */
    readonly hmac: boolean
  }>>
}

export interface AuditReadRequestHeaderInput {
  /** Name of the header; upper and lower case are the same. Required. */
  readonly header: string
}

export type AuditReadRequestHeaderData = Readonly<Record<string, {
  /** Whether the value is hashed. */
  readonly hmac: boolean
}>>

export interface AuditWriteRequestHeaderInput {
  /** Name of the header; upper and lower case are the same. Required. */
  readonly header: string
  /** Whether the value is hashed. Default false. */
  readonly hmac?: boolean
}

export interface AuditDeleteRequestHeaderInput {
  /** Name of the header; upper and lower case are the same. Required. */
  readonly header: string
}

const READ_DEVICES: Operation = {
  service: 'Audit',
  rpc: 'ReadDevices',
  verb: 'GET',
  path: 'sys/audit',
  safe: true,
  answers: 'data',
  shape: { map: { object: { path: 'value', type: 'value', description: 'value', local: 'value', options: { map: 'value' } } } },
}

const ENABLE_DEVICE: Operation = {
  service: 'Audit',
  rpc: 'EnableDevice',
  verb: 'POST',
  path: 'sys/audit/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DISABLE_DEVICE: Operation = {
  service: 'Audit',
  rpc: 'DisableDevice',
  verb: 'DELETE',
  path: 'sys/audit/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const HASH: Operation = {
  service: 'Audit',
  rpc: 'Hash',
  verb: 'POST',
  path: 'sys/audit-hash/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { hash: 'value' } },
}

const READ_EVIDENCE: Operation = {
  service: 'Audit',
  rpc: 'ReadEvidence',
  verb: 'GET',
  path: 'sys/audit-evidence/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { device: 'value', public_key: 'value', key_id: 'value', streams: { list: { object: { node: 'value', stream: 'value', sequence: 'value', chain: 'value', time: 'value', line: 'value' } } } } },
}

const READ_CHAIN_KEY: Operation = {
  service: 'Audit',
  rpc: 'ReadChainKey',
  verb: 'GET',
  path: 'sys/audit-chain-key/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { chain_key: 'value' } },
}

const READ_REQUEST_HEADERS: Operation = {
  service: 'Audit',
  rpc: 'ReadRequestHeaders',
  verb: 'GET',
  path: 'sys/config/auditing/request-headers',
  safe: true,
  answers: 'data',
  shape: { object: { headers: { map: { object: { hmac: 'value' } } } } },
}

const READ_REQUEST_HEADER: Operation = {
  service: 'Audit',
  rpc: 'ReadRequestHeader',
  verb: 'GET',
  path: 'sys/config/auditing/request-headers/{header}',
  sole: 'header',
  safe: true,
  answers: 'data',
  shape: { map: { object: { hmac: 'value' } } },
}

const WRITE_REQUEST_HEADER: Operation = {
  service: 'Audit',
  rpc: 'WriteRequestHeader',
  verb: 'POST',
  path: 'sys/config/auditing/request-headers/{header}',
  sole: 'header',
  safe: false,
  answers: 'data',
  shape: { map: { object: { hmac: 'value' } } },
}

const DELETE_REQUEST_HEADER: Operation = {
  service: 'Audit',
  rpc: 'DeleteRequestHeader',
  verb: 'DELETE',
  path: 'sys/config/auditing/request-headers/{header}',
  sole: 'header',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Audit devices and what they hash. */
export class Audit extends Group {
  /** The enabled audit devices. Needs sudo. */
  readDevices(options?: CallOptions): Promise<Reply<AuditReadDevicesData>> {
    return this.ask<AuditReadDevicesData>(READ_DEVICES, {}, options)
  }

  /**
   * Enable or disable an audit device. No request is served unless every required device has its records. Enabling
   * writes a test record through the device. Needs sudo.
   */
  enableDevice(input: string | AuditEnableDeviceInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ENABLE_DEVICE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Enable or disable an audit device. No request is served unless every required device has its records. Enabling
   * writes a test record through the device. Needs sudo.
   */
  disableDevice(input: string | AuditDisableDeviceInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DISABLE_DEVICE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How records of a device show a value. */
  hash(input: string | AuditHashInput, options?: CallOptions): Promise<Reply<AuditHashData>> {
    return this.ask<AuditHashData>(HASH, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * The public key and the newest checkpoints of a device's streams. Kept apart from the log, it is what a cut tail is
   * found against. Needs sudo.
   */
  readEvidence(input: string | AuditReadEvidenceInput, options?: CallOptions): Promise<Reply<AuditReadEvidenceData>> {
    return this.ask<AuditReadEvidenceData>(READ_EVIDENCE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * The secret key of a device's hash chain. Whoever has it can verify every single record, and could forge records
   * between checkpoints. Needs sudo.
   */
  readChainKey(input: string | AuditReadChainKeyInput, options?: CallOptions): Promise<Reply<AuditReadChainKeyData>> {
    return this.ask<AuditReadChainKeyData>(READ_CHAIN_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Request headers that stand in audit records. Needs sudo. */
  readRequestHeaders(options?: CallOptions): Promise<Reply<AuditReadRequestHeadersData>> {
    return this.ask<AuditReadRequestHeadersData>(READ_REQUEST_HEADERS, {}, options)
  }

  /** Whether a request header stands in audit records. Needs sudo. */
  readRequestHeader(input: string | AuditReadRequestHeaderInput, options?: CallOptions): Promise<Reply<AuditReadRequestHeaderData>> {
    return this.ask<AuditReadRequestHeaderData>(READ_REQUEST_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether a request header stands in audit records. Needs sudo. */
  writeRequestHeader(input: string | AuditWriteRequestHeaderInput, options?: CallOptions): Promise<Reply<AuditReadRequestHeaderData>> {
    return this.ask<AuditReadRequestHeaderData>(WRITE_REQUEST_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether a request header stands in audit records. Needs sudo. */
  deleteRequestHeader(input: string | AuditDeleteRequestHeaderInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REQUEST_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }
}
