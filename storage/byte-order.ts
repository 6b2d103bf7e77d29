/** Orders strings as their UTF-8 bytes order, which differs from JavaScript's `<` where surrogate pairs occur. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** In UTF-8 what needs a surrogate pair (U+10000 and up) comes after U+E000 to U+FFFF; in UTF-16 it comes before. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
