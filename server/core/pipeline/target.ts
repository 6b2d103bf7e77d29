import type { Access, Operation, OperationSpec } from '../../../engines/engine.ts'
import type { Fields } from '../../../engines/field.ts'
import type { LiveMount, Router } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import type { Match } from '../route-table.ts'

/** What a request is for: the mount and the row that serve its path, as far as there are any. */
export interface Target {
  /** Full path; a listing's ends in '/'. */
  readonly path: string
  readonly mount: LiveMount | undefined
  /** Below the mount. */
  readonly mountPath: string
  readonly match: Match | undefined
}

export function targetOf(request: Pick<Request, 'operation' | 'path'>, router: Router): Target {
  const path = listingPath(request)
  const routed = router.route(path)
  return {
    path,
    mount: routed?.mount,
    mountPath: routed?.path ?? '',
    match: routed?.mount.table.match(routed.path),
  }
}

/**
 * The path with the names of which the case means nothing as they are kept: rules are written for those. Undefined: it is
 * the path itself.
 */
export function pathAsKept({ path, mountPath, match }: Target): string | undefined {
  if (match === undefined || match.route.anyCase.length === 0) return undefined
  const { pattern, anyCase } = match.route
  const below = pattern.replace(/:(\w+)\**/g, (_, name: string) => {
    const value = match.params[name] ?? ''
    return anyCase.includes(name) ? value.trim().toLowerCase() : value
  })
  const kept =
    path.slice(0, path.length - mountPath.length) + below.replace(/\/$/, '') + (path.endsWith('/') ? '/' : '')
  return kept === path ? undefined : kept
}

/** A path of the namespace with the names of which the case means nothing as they are kept, also where nothing serves it with the '/' at its end. */
export function keptPath(path: string, router: Router): string {
  const end = path.endsWith('/') ? '/' : ''
  const kept = pathAsKept(targetOf({ operation: 'read', path: path.slice(0, path.length - end.length) }, router))
  return kept === undefined ? path : kept + end
}

export function isListing(operation: Operation): boolean {
  return operation === 'list' || operation === 'scan'
}

/** What is listed is a folder, whether the caller says so or not. */
function listingPath({ operation, path }: Pick<Request, 'operation' | 'path'>): string {
  return isListing(operation) && !path.endsWith('/') ? `${path}/` : path
}

/** Who may ask. Paths that nothing serves are open to nobody. */
export function accessOf({ match }: Target, operation: Operation): Access {
  if (match === undefined) return 'token'
  return rowOf(match, operation)?.access ?? match.route.access
}

/** What health checks and seal status tell is nobody's secret and changes nothing; a failing audit device must not hide it. */
export function isStatus(target: Target, operation: Operation): boolean {
  return target.match?.route.whileSealed === true && operation === 'read' && accessOf(target, operation) === 'none'
}

/** Whether the request may change something. */
export function isChange({ match }: Target, operation: Operation): boolean {
  if (operation === 'read' || operation === 'list' || operation === 'scan' || operation === 'help') return false
  return match === undefined || rowOf(match, operation)?.pure !== true
}

function rowOf({ route }: Match, operation: Operation): OperationSpec<Fields> | undefined {
  const rows = route.operations
  if (operation === 'help') return undefined
  return operation === 'create' || operation === 'update' ? (rows.update ?? rows.create) : rows[operation]
}
