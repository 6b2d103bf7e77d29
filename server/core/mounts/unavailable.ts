import { type Route, route } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { RouteTable } from '../route-table.ts'

const refuse = async (): Promise<never> => {
  throw new EgideError('unavailable', 'the mount could not be opened; it is tried again soon', {
    retryAfterSeconds: 10,
  })
}

const anything: Route = route(':path**', {
  summary: 'Refuses every request',
  fields: { path: field.text({ default: '', description: 'Any path' }) },
  freeForm: true,
  hidden: true,
  operations: { read: refuse, update: refuse, patch: refuse, delete: refuse, list: refuse, scan: refuse },
})

/** Stands in for the rows of a mount whose engine could not prepare its store: what it holds must not look missing. */
export const UNAVAILABLE = new RouteTable([anything])
