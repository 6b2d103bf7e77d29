/** RFC 4648, section 6. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let [bits, count] = [0, 0]
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    for (count += 8; count >= 5; count -= 5) text += ALPHABET[(bits >> (count - 5)) & 31]
  }
  return count === 0 ? text : text + ALPHABET[(bits << (5 - count)) & 31]
}

/** Capitals or small letters, with padding or without; undefined for anything else. */
export function fromBase32(text: string): Buffer | undefined {
  const letters = text.toUpperCase().replace(/=+$/, '')
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) return undefined
    bits = ((bits << 5) | value) & 0xfff
    count += 5
    if (count < 8) continue
    count -= 8
    bytes.push((bits >> count) & 255)
  }
  return Buffer.from(bytes)
}
