/** The TypeScript client: `import { Client } from 'egide/sdk'`. */
export { type Address, parseAddress } from './address.ts'
export type { CallOptions, TokenSource } from './caller.ts'
export type { UpdateOptions } from './check-and-set.ts'
export { Client, type ClientSettings } from './client.ts'
export type { Clock } from './clock.ts'
export {
  ApiError,
  type Asked,
  type ErrorCode,
  ifFound,
  isConflict,
  TransportError,
  type TransportErrorCode,
} from './errors.ts'
export type { FlatKv } from './flat-kv.ts'
export type * from './gen/index.ts'
export type { Json, JsonMap } from './json.ts'
export type { Kv } from './kv.ts'
export {
  type EndReason,
  type Lifetime,
  type LifetimeEnd,
  type LifetimeSettings,
  LifetimeWatcher,
  type Renew,
  watchLease,
  watchToken,
} from './lifetime.ts'
export type { MfaMethod, MfaRequirement } from './mfa.ts'
export type { Operation } from './operation.ts'
export type { Auth, Lease as LeaseInfo, RawBody, Reply, WrapInfo } from './reply.ts'
export { type RestSettings, RestTransport } from './rest.ts'
export type { RetrySettings } from './retry.ts'
export type { StoredSecret } from './stored-secret.ts'
export type { TlsSettings } from './tls.ts'
export type { Call, Content, SendCall, StreamCall, Transport } from './transport.ts'
export type { Wrapped } from './wrapping.ts'
