import { type Caller, grpcPlanOf, numberingOf, requestOf } from '../rows/request.ts'
import { isGrpc, type Row } from '../rows/row.ts'
import type { Subject } from '../servers/subject.ts'
import type { Numbering, Outcome, Plan } from './plan.ts'
import { type Measured, runLoad } from './run-load.ts'

/** A server, and what it is asked for again and again. */
export interface Entrant {
  /** What it is called among the others. */
  readonly name: string
  readonly subject: Subject
  readonly caller: Caller
  /** What its requests need from another request. */
  readonly made?: string | undefined
  readonly row: Row
  /** Numbers for its requests. Default: its own for each run, so that each names something new. */
  readonly numbered?: Numbering | undefined
}

export type Span = Pick<Plan, 'startAfterMs' | 'warmUpMs' | 'durationMs' | 'ratePerSecond' | 'maxRequests'>

/** Sends the row's requests for so long. Throws when one of them is refused. */
export async function loadRow(entrant: Entrant, span: Span): Promise<Measured> {
  const { name, subject, caller, made, row, numbered = numberingOf(row) } = entrant
  const measured = await runLoad(
    {
      ...span,
      port: isGrpc(row) ? subject.grpcPort : subject.port,
      ca: isGrpc(row) ? undefined : subject.ca,
      requests: [requestOf(row, caller, made)],
      grpc: grpcPlanOf(row, caller),
      numbered,
      connections: row.connections,
      status: 200,
    },
    subject.pid,
    subject.databasePid,
  )
  refuseErrors(`${row.name}: ${name}`, measured.outcome)
  return measured
}

/** Throws when requests were refused. `what`: whose. */
export function refuseErrors(what: string, { errors, errorStatus, requests }: Outcome): void {
  if (errors > 0) throw new Error(`${what} refused ${errors} of ${requests} requests, the first with ${errorStatus}`)
}
