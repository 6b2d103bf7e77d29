/** Bytes (UTF-8) that a name which a caller chose has in a row's path; storage keeps the rest of its 2560 for what stands before it. */
const NAME_MAX_BYTES = 2048

/**
 * Whether a text that a caller sent can be a part of a row's path. What can't be one names nothing, and is not looked up:
 * storage refuses it, in words that are about storage.
 */
export function isRowName(text: string): boolean {
  return /^[^/\0]+$/.test(text) && text !== '..' && text.isWellFormed() && Buffer.byteLength(text) <= NAME_MAX_BYTES
}
