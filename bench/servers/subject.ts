/** A server under load, whichever it is. */
export interface Subject {
  readonly name: string
  readonly pid: number
  readonly port: number
  /** Where it speaks gRPC in the clear. */
  readonly grpcPort: number
  /** The process of its database, where it has one. */
  readonly databasePid: number | undefined
  /** The authority of its certificate, as PEM; undefined: it speaks without TLS. */
  readonly ca: string | undefined
}
