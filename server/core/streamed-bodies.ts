import { backupRoutes } from '../../engines/system/backup/index.ts'

const BELOW = 'sys/'
/** Rows of `sys/` in root that read their body as it comes. */
const STREAMED: ReadonlySet<string> = new Set(
  backupRoutes
    .filter(({ operations }) => operations.update?.streamsBody === true)
    .map(({ pattern }) => BELOW + pattern),
)

/** Whether the body of a POST or PUT to this path is no JSON, and may be of any length. An adapter has to know before it reads. */
export function streamsBody(namespace: string, path: string): boolean {
  return namespace === '' && path.startsWith(BELOW) && STREAMED.has(path)
}
