/** What the rows of `sys/quotas` need of the server. Everything rejects with an EgideError. Durations are seconds. */

export interface QuotaConfig {
  /** Paths that no rate limit holds for; one that ends in '*' holds for all that begin so. */
  readonly exemptPaths: readonly string[]
  /** Whether requests that a limit refuses are recorded. */
  readonly auditLogging: boolean
  /** Whether answers tell what is left. */
  readonly responseHeaders: boolean
}

export interface QuotaPlace {
  /** '' for all; a namespace, a mount, or a path in one, from root. */
  readonly path: string
  /** Of logins at an auth method; '' for all. */
  readonly role: string
  /** Whether a namespace's quota holds for those below it. */
  readonly inheritable: boolean
}

export interface RateLimit extends QuotaPlace {
  readonly name: string
  /** Requests of one client address in each interval. */
  readonly rate: number
  readonly intervalSeconds: number
  /** How long a client that went over it is refused; 0: until the interval ends. */
  readonly blockSeconds: number
}

export interface LeaseCount extends QuotaPlace {
  readonly name: string
  readonly maxLeases: number
}

/** As asked for: `inheritable` undefined is true for root as a whole, else false. */
export type QuotaDraft<Q extends QuotaPlace> = Omit<Q, 'inheritable'> & { readonly inheritable: boolean | undefined }

/** One kind of quotas, by name. */
export interface Quotas<Q extends QuotaPlace> {
  names(): Promise<readonly string[]>
  get(name: string): Promise<Q | undefined>
  put(quota: QuotaDraft<Q>): Promise<void>
  delete(name: string): Promise<void>
}

export interface QuotaService {
  config(): Promise<QuotaConfig>
  configure(config: QuotaConfig): Promise<void>
  readonly rateLimits: Quotas<RateLimit>
  readonly leaseCounts: Quotas<LeaseCount>
}

export interface QuotaServices {
  readonly quotas: QuotaService
}
