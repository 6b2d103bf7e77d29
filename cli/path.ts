/** A path as the API takes it: without slashes or blanks around it. */
export function trimPath(path: string): string {
  return path.trim().replace(/^\/+|\/+$/g, '')
}

/** A mount's path as messages and the API show it: with one slash behind it. */
export function mountPath(path: string): string {
  return `${trimPath(path)}/`
}

/** Joins without doubled slashes. */
export function joinPath(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/')
}
