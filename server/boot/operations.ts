import type { Caller, Clock } from '../../engines/engine.ts'
import { ownPolicies } from '../../engines/system/policies/subject.ts'
import type {
  HostReport,
  InFlightRequest,
  InstalledVersion,
  LogLevelService,
  LogTap,
  MetricsService,
  Operations,
  RouterRecord,
  SettingsService,
} from '../../engines/system/services/operations.ts'
import type { ServerConfig } from '../config/types.ts'
import type { Namespace } from '../core/namespace.ts'
import { OpenApiCache } from '../core/openapi-cache.ts'
import { hostReport } from '../observe/host-info.ts'
import { sanitizedConfig } from '../observe/sanitized-config.ts'

/** What the process knows of itself, whichever namespace asks. */
export interface ProcessParts {
  readonly version: string
  readonly clock: Clock
  readonly config: ServerConfig
  readonly settings: SettingsService
  readonly metrics: MetricsService
  readonly log: LogTap
  readonly logLevel: LogLevelService
  readonly inFlight: () => Promise<readonly InFlightRequest[]>
}

/** The operating rows' view of one namespace of this server. */
export class NamespaceOperations implements Operations {
  readonly version: string
  readonly settings: SettingsService
  readonly metrics: MetricsService
  readonly log: LogTap
  readonly logLevel: LogLevelService
  readonly #process: ProcessParts
  readonly #namespace: Namespace
  readonly #documents = new OpenApiCache()

  constructor(process: ProcessParts, namespace: Namespace) {
    this.version = process.version
    this.settings = process.settings
    this.metrics = process.metrics
    this.log = process.log
    this.logLevel = process.logLevel
    this.#process = process
    this.#namespace = namespace
  }

  hostInfo(): Promise<HostReport> {
    return hostReport(this.#process.clock)
  }

  inFlight(): Promise<readonly InFlightRequest[]> {
    return this.#process.inFlight()
  }

  versions(): Promise<readonly InstalledVersion[]> {
    return this.#namespace.versions.list()
  }

  sanitizedConfig(): Readonly<Record<string, unknown>> {
    return sanitizedConfig({ ...this.#process.config, logLevel: this.logLevel.current() })
  }

  configuredHeaders(): ReadonlySet<string> {
    const names = this.#process.config.listeners.flatMap(({ responseHeaders }) =>
      Object.values(responseHeaders).flatMap((headers) => Object.keys(headers)),
    )
    return new Set(names.map((name) => name.toLowerCase()))
  }

  async countServiceTokens(): Promise<number> {
    return (await this.#namespace.issued.tokens.accessors()).length
  }

  countEntities(): Promise<number> {
    return this.#namespace.identities.countEntities()
  }

  async routerRecords(): Promise<readonly RouterRecord[]> {
    const { ref, mounts } = this.#namespace
    return (await mounts.all()).map((entry) => ({
      accessor: entry.accessor,
      uuid: entry.uuid,
      namespacePath: ref.path,
      mountPath: entry.path,
      mountType: entry.type,
      storagePrefix: `mount/${entry.uuid}/`,
      leaving: entry.leaving,
    }))
  }

  async openApi(caller: Caller | undefined, context: string): Promise<object> {
    const { mounts, policies } = this.#namespace
    const all = (await mounts.all()).filter((entry) => !entry.leaving)
    const reach =
      caller === undefined
        ? []
        : await policies.reachBelow(
            ownPolicies(caller),
            all.map(({ path }) => path),
          )
    const shown = all.filter(
      (entry, at) => entry.config.listingVisibility === 'unauth' || ALWAYS_SHOWN.has(entry.type) || reach[at] === true,
    )
    const described = shown.map((entry) => ({ path: entry.path, routes: mounts.routesOf(entry) }))
    return this.#documents.document(described, { version: this.version, context })
  }
}

/** What everybody may know of: the server's own paths. */
const ALWAYS_SHOWN = new Set(['system', 'token', 'cubbyhole', 'identity'])
