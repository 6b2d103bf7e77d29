import { type FileHandle, open, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { EgideError } from '../../engines/errors.ts'
import type { SnapshotFile } from './read-snapshot.ts'

/** So much of the disk is left to others. */
const LEFT_FREE_BYTES = 256 * 1024 * 1024
/** How often that is looked at. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024

/** Where a snapshot that comes over the network lies until it is known to be whole. It has no name: it is gone when the process is. */
export class Spool implements SnapshotFile {
  readonly name = 'the request body'
  readonly #handle: FileHandle
  readonly #folder: string
  readonly #maxBytes: number
  #size = 0

  private constructor(handle: FileHandle, folder: string, maxBytes: number) {
    this.#handle = handle
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  /** `id`: of this one among all. */
  static async in(folder: string, id: string, maxBytes: number): Promise<Spool> {
    const name = path.join(folder, `.restore-${id}`)
    try {
      const handle = await open(name, 'wx+', 0o600)
      await rm(name)
      return new Spool(handle, folder, maxBytes)
    } catch (cause) {
      throw new EgideError('unavailable', 'the snapshot cannot be written to the disk to be looked at', { cause })
    }
  }

  /** Throws EgideError `too_large`, `unavailable` when the disk has no room for it, and what the body throws. */
  async fill(body: AsyncIterable<Uint8Array>): Promise<void> {
    let unlooked = LOOK_EVERY_BYTES
    for await (const piece of body) {
      this.#size += piece.byteLength
      unlooked += piece.byteLength
      if (this.#size > this.#maxBytes) throw new EgideError('too_large', 'the snapshot is too large')
      if (unlooked >= LOOK_EVERY_BYTES) {
        await this.#checkRoom()
        unlooked = 0
      }
      await this.#write(piece)
    }
  }

  open(): Readable {
    return this.#handle.createReadStream({ start: 0, autoClose: false })
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder)
    if (bavail * bsize < LEFT_FREE_BYTES) throw full()
  }

  async #write(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.byteLength; ) at += (await this.#handle.write(piece, at)).bytesWritten
    } catch (cause) {
      throw full(cause)
    }
  }
}

function full(cause?: unknown): EgideError {
  return new EgideError('unavailable', 'the disk has no room for the snapshot', { cause })
}
