// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface TotpListKeysInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface TotpListKeysData {
  readonly keys: readonly string[]
}

export interface TotpReadKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TotpReadKeyData {
  readonly issuer: string
  readonly account_name: string
  readonly period: number
  readonly algorithm: string
  readonly digits: number
}

export interface TotpWriteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Make the key here, for others to make codes with. Default false. */
  readonly generate?: boolean
  /** Answer with the URL and the QR code of a key that is made here. Default true. */
  readonly exported?: boolean
  /** Bytes of a key that is made here. Default 20. */
  readonly key_size?: number
  /** A key of others, in base32. */
  readonly key?: string
  /** Who gives the key out; needed for one that is made here. */
  readonly issuer?: string
  /** Whose key it is; needed for one that is made here. */
  readonly account_name?: string
  /** How long a code is good for. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly period?: number | string
  /** SHA1, SHA256 or SHA512. Default SHA1. */
  readonly algorithm?: string
  /** Of a code: 6 or 8. Default 6. */
  readonly digits?: number
  /** How many periods a clock may be off: 0 or 1. Default 1. */
  readonly skew?: number
  /** Pixels of the QR code in each direction; 0: none. Default 200. */
  readonly qr_size?: number
  /** A key of others with all that belongs to it: otpauth://totp/…. */
  readonly url?: string
}

export interface TotpWriteKeyData {
  readonly url: string
  readonly barcode?: string
}

export interface TotpDeleteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TotpGenerateCodeInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TotpGenerateCodeData {
  readonly code: string
  /** Seconds since the epoch. */
  readonly generated: number
  /** Seconds since the epoch. */
  readonly expire_time: number
  readonly period: string
}

export interface TotpValidateCodeInput {
  /** Name of the key. Required. */
  readonly name: string
  /** The code to check. */
  readonly code?: string
}

export interface TotpValidateCodeData {
  readonly valid: boolean
}

const LIST_KEYS: Operation = {
  service: 'Totp',
  rpc: 'ListKeys',
  verb: 'LIST',
  path: '{mount}/keys',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_KEY: Operation = {
  service: 'Totp',
  rpc: 'ReadKey',
  verb: 'GET',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { issuer: 'value', account_name: 'value', period: 'value', algorithm: 'value', digits: 'value' } },
}

const WRITE_KEY: Operation = {
  service: 'Totp',
  rpc: 'WriteKey',
  verb: 'POST',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { url: 'value', barcode: 'value' } },
}

const DELETE_KEY: Operation = {
  service: 'Totp',
  rpc: 'DeleteKey',
  verb: 'DELETE',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_CODE: Operation = {
  service: 'Totp',
  rpc: 'GenerateCode',
  verb: 'GET',
  path: '{mount}/code/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { code: 'value', generated: 'value', expire_time: 'value', period: 'value' } },
}

const VALIDATE_CODE: Operation = {
  service: 'Totp',
  rpc: 'ValidateCode',
  verb: 'POST',
  path: '{mount}/code/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { valid: 'value' } },
}

/** One-time codes by time: made, and checked. */
export class Totp extends Group {
  /** List the keys. */
  listKeys(input: TotpListKeysInput = {}, options?: CallOptions): Promise<Reply<TotpListKeysData>> {
    return this.ask<TotpListKeysData>(LIST_KEYS, { ...input }, options)
  }

  /** Keys that one-time codes are made with and checked by. */
  readKey(input: string | TotpReadKeyInput, options?: CallOptions): Promise<Reply<TotpReadKeyData>> {
    return this.ask<TotpReadKeyData>(READ_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Keys that one-time codes are made with and checked by. */
  writeKey(input: string | TotpWriteKeyInput, options?: CallOptions): Promise<Reply<TotpWriteKeyData>> {
    return this.ask<TotpWriteKeyData>(WRITE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Keys that one-time codes are made with and checked by. */
  deleteKey(input: string | TotpDeleteKeyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a code, or check one. */
  generateCode(input: string | TotpGenerateCodeInput, options?: CallOptions): Promise<Reply<TotpGenerateCodeData>> {
    return this.ask<TotpGenerateCodeData>(GENERATE_CODE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a code, or check one. */
  validateCode(input: string | TotpValidateCodeInput, options?: CallOptions): Promise<Reply<TotpValidateCodeData>> {
    return this.ask<TotpValidateCodeData>(VALIDATE_CODE, typeof input === 'string' ? input : { ...input }, options)
  }
}
