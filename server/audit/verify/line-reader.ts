import { open } from 'node:fs/promises'
import { fileReason } from '../../config/files.ts'
import { LINE_MAX_BYTES } from '../streams/chain.ts'

const CHUNK = 1024 * 1024
const NEWLINE = 0x0a

/** Given a line without its newline; `whole` is false for the end of a file that has no newline. */
export type LineSink = (line: Buffer, whole: boolean) => void

/** What is read of a file that somebody named. Of one that can't be read it throws why, in their words. */
export async function ofFile<T>(file: string, read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    const reason = fileReason(error)
    throw reason === undefined ? error : new Error(`${file}: ${reason}`, { cause: error })
  }
}

/** Streams a file's lines. Memory is bounded by the longest line. `stop` is asked between chunks. */
export function readLines(file: string, sink: LineSink, stop: () => boolean): Promise<void> {
  return ofFile(file, streamLines(file, sink, stop))
}

async function streamLines(file: string, sink: LineSink, stop: () => boolean): Promise<void> {
  const handle = await open(file, 'r')
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK)
    let pieces: Buffer[] = []
    let held = 0
    while (!stop()) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, null)
      if (bytesRead === 0) break
      const bytes = chunk.subarray(0, bytesRead)
      let from = 0
      for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, from)) {
        const end = bytes.subarray(from, newline)
        sink(pieces.length === 0 ? end : Buffer.concat([...pieces, end]), true)
        pieces = []
        held = 0
        from = newline + 1
      }
      held += bytesRead - from
      if (held > LINE_MAX_BYTES) throw new Error(`${file} has a line of more than ${LINE_MAX_BYTES} bytes`)
      if (from < bytesRead) pieces.push(Buffer.from(bytes.subarray(from)))
    }
    if (held > 0 && !stop()) sink(Buffer.concat(pieces), false)
  } finally {
    await handle.close()
  }
}
