/**
 * Freezes a tree of plain objects and arrays; what is frozen already is taken to be so all through. Binary values can't be
 * frozen: who reads one must not write to it.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child)
  }
  return value
}
