import type { GrpcListeners, Listeners } from '../listeners/index.ts'

/** What a server listens with, from when it is open. */
export class Serving {
  rest: Listeners | undefined
  grpc: GrpcListeners | undefined

  /** Connections open now. */
  get connections(): number {
    return (this.rest?.connections ?? 0) + (this.grpc?.connections ?? 0)
  }

  /** URLs, in the order of the configuration, those of gRPC last. */
  get addresses(): readonly string[] {
    return [...(this.rest?.addresses ?? []), ...(this.grpc?.addresses ?? [])]
  }

  /** Reads certificates again. False if a pair was not usable and the old one stays; that is logged. */
  reload(): boolean {
    return [this.rest?.reload(), this.grpc?.reload()].every((isFresh) => isFresh !== false)
  }

  /** Lets what is in flight finish, for so long. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([this.rest?.close(graceMs), this.grpc?.close(graceMs)])
  }
}
