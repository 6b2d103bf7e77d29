import { shownOptions, shownType } from '../mounts/shown.ts'
import type { MountEntry } from '../services/mounts.ts'

/** Mounts as user interfaces know them. */

type Data = Readonly<Record<string, unknown>>

/** Auth mounts are shown without their 'auth/'. */
export function shownPath({ kind, path }: MountEntry): string {
  return kind === 'auth' ? path.slice('auth/'.length) : path
}

/** What anybody may see. */
export function outlineOf(entry: MountEntry): Data {
  return { type: shownType(entry), description: entry.description, options: shownOptions(entry) }
}
