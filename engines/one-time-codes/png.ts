import { crc32, deflateSync } from 'node:zlib'

/** Light modules around a QR code. */
const QUIET = 4

/**
 * A PNG of `size` pixels in each direction with the modules as large as they go, in the middle; where that is less than
 * a pixel for each, as large as it takes.
 */
export function pngOf(modules: readonly (readonly boolean[])[], size: number): Buffer {
  const count = modules.length + 2 * QUIET
  const scale = Math.max(1, Math.floor(size / count))
  const pixels = Math.max(size, count)
  const margin = Math.floor((pixels - modules.length * scale) / 2)
  const lineBytes = 1 + Math.ceil(pixels / 8)
  const image = Buffer.alloc(lineBytes * pixels, 0xff)
  for (let y = 0; y < pixels; y++) {
    image[y * lineBytes] = 0
    const row = modules[Math.floor((y - margin) / scale)]
    if (row === undefined) continue
    for (let x = 0; x < pixels; x++) {
      if (row[Math.floor((x - margin) / scale)] !== true) continue
      const at = y * lineBytes + 1 + (x >> 3)
      image[at] = (image[at] ?? 0) & ~(0x80 >> (x & 7))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(pixels, 0)
  header.writeUInt32BE(pixels, 4)
  // One bit a pixel, grey.
  header.writeUInt8(1, 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(image)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, check])
}
