/** What a check says of one thing; its place here is also its number, and what the command ends with. */
export const STATUSES = [
  'not_applicable',
  'ok',
  'informational',
  'warning',
  'critical',
  'invalid_version',
  'insufficient_permissions',
] as const
export type Status = (typeof STATUSES)[number]

export interface Finding {
  readonly status: Status
  readonly endpoint: string
  readonly message: string
}

export const severityOf = (status: Status): number => STATUSES.indexOf(status)

export function finding(status: Status, endpoint: string, message: string): Finding {
  return { status, endpoint, message }
}

/** The token may not read what a check needs. */
export function denied(endpoint: string): Finding {
  return finding('insufficient_permissions', endpoint, 'The token may not read this, which the check needs.')
}

/** The server has no such path. */
export function unsupported(endpoint: string): Finding {
  return finding('invalid_version', endpoint, 'The server does not have this, which the check needs.')
}
