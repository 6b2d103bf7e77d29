/** Each request that has `placeholder` in it, once, gets a number of its own in its place. */
export interface Numbering {
  readonly placeholder: string
  readonly first: number
  /** So many numbers, taken again and again in an order that jumps about. Default: ascending, without end. */
  readonly count?: number | undefined
}

/** Calls of one gRPC method over plain HTTP/2, rather than HTTP/1.1 requests. */
export interface GrpcPlan {
  /** '/egide.v1.Kv/Read'. */
  readonly path: string
  readonly token: string
  /** Calls that each connection has at a time; with `isStream`, messages of its one call. */
  readonly underWay: number
  readonly isStream: boolean
}

/** What the load generator is to do, as sent to its process. */
export interface Plan {
  readonly port: number
  /** Whole HTTP/1.1 requests, or gRPC messages with their length before them, in base64, sent in turn. */
  readonly requests: readonly string[]
  readonly grpc?: GrpcPlan | undefined
  /** The authority that the server's certificate is of, as PEM: HTTP/1.1 over TLS. */
  readonly ca?: string | undefined
  readonly numbered?: Numbering | undefined
  readonly connections: number
  /** Waits so long, connected, before it sends: a process that starts takes a processor from those that are measured. */
  readonly startAfterMs?: number | undefined
  /** Load that is not counted: code gets compiled, caches fill. */
  readonly warmUpMs: number
  readonly durationMs: number
  /** Requests a second over all connections; without it, each connection sends as soon as it has its reply. */
  readonly ratePerSecond?: number | undefined
  /** Stops after so many counted requests, if that is sooner. */
  readonly maxRequests?: number | undefined
  /** Any other status is counted as an error. */
  readonly status: number
}

export interface Outcome {
  readonly requests: number
  readonly errors: number
  /** The first status that was not the wanted one. */
  readonly errorStatus: number | undefined
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of one core, by the generator itself: near 1, it is the generator that was measured. */
  readonly generatorCores: number
}

/** What the generator tells its parent, besides the outcome: the window in which the server's CPU counts. */
export type Message =
  | { readonly type: 'counting' }
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly why: string }
