import type { EngineContext, Operation } from '../../engines/engine.ts'
import { sealed } from '../../engines/errors.ts'
import { inputOf, operationOf, unusedInput } from './dispatch.ts'
import { responseOf } from './pipeline/replies.ts'
import type { Request, Response } from './request.ts'
import type { RouteTable } from './route-table.ts'

const SYSTEM_PREFIX = 'sys/'
/** A sealed server makes neither tokens nor leases. */
const NOTHING = { auth: null, leaseId: '', leaseDurationSeconds: 0, renewable: false } as const

/**
 * What a sealed server answers: the rows that say so of themselves, which are status, health, initialisation and unseal.
 * There is neither a token to be checked nor an audit device that could be written to: their keys are sealed.
 */
export class SealedGate<S> {
  readonly #table: RouteTable<S>
  readonly #context: EngineContext<S>

  /** `context` is the system engine's, with a store that refuses. */
  constructor(table: RouteTable<S>, context: EngineContext<S>) {
    this.#table = table
    this.#context = context
  }

  async handle(request: Request): Promise<Response> {
    const path = request.path.startsWith(SYSTEM_PREFIX) ? request.path.slice(SYSTEM_PREFIX.length) : undefined
    const match = path === undefined || request.namespace !== '' ? undefined : this.#table.match(path)
    if (path === undefined || match === undefined || !match.route.whileSealed) throw sealed()
    const operation: Operation = request.operation
    const row = operationOf(match.route, operation)
    if ((row.access ?? match.route.access) !== 'none') throw sealed()
    const resolved = { caller: undefined, sudo: false, headerNames: 'all' } as const
    const input = inputOf(request, operation, match.route, match.params, path, resolved)
    const reply = await row.handler(input, this.#context)
    const registered = { ...NOTHING, warnings: reply?.warnings ?? [] }
    return responseOf(request.id, 'system', reply, registered, unusedInput(request.data, match.route, operation))
  }
}
