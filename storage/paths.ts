import { StorageError } from './backend.ts'

/** Checks a path relative to a view: parts between single slashes, none of them empty or '..'. */
export function checkRelativePath(path: string): void {
  if (path === '' || path.endsWith('/'))
    throw new StorageError('invalid', 'a path is not empty and does not end in "/"')
  checkParts(path)
}

/** Checks a relative prefix: '' or parts that each end in '/'. */
export function checkRelativePrefix(prefix: string): void {
  if (prefix === '') return
  if (!prefix.endsWith('/')) throw new StorageError('invalid', 'a prefix ends in "/"')
  checkParts(prefix.slice(0, -1))
}

function checkParts(path: string): void {
  if (path.startsWith('/') || path.includes('//') || path === '' || `/${path}/`.includes('/../')) {
    throw new StorageError('invalid', 'a path has no empty or ".." part')
  }
}
