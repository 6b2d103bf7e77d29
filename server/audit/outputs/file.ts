import { constants, fstat, fstatSync, type Stats, statSync, write, writeSync } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { invalid } from '../../../engines/errors.ts'
import { makeFolder } from '../../../storage/make-folder.ts'
import { type Output, OutputError, type ReadBack } from './output.ts'

const EXECUTABLE = 0o111
const FLAGS =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  // A named pipe without a reader must not hang the open; it is refused below.
  constants.O_NONBLOCK

export interface FileOutputOptions {
  /** Absolute; the file must lie below it. */
  readonly folder: string
  /** Absolute, or relative to the folder. */
  readonly path: string
  /** Permission bits; 0 leaves those of a file that is there, and makes a new one 0600. */
  readonly mode: number
  /**
   * Writes, and looks at how the file is, block the thread, which must then be the output's own: it spares the way to a
   * thread of Node's pool and back. Those give way to all others, and no record is written while one looks.
   */
  readonly blocking?: boolean
}

const statOf = promisify(fstat)

/** Where a file device's file lies. Throws when that is outside the folder. */
export function filePath(folder: string, path: string): string {
  const root = resolve(folder)
  const target = resolve(root, path)
  if (!target.startsWith(root === sep ? sep : root + sep) || path.includes('\0'))
    throw invalid(
      `the file of an audit device must lie below ${root}, unless audit_directory of the configuration names another folder`,
    )
  return target
}

/** Each worker of a server has files of its own: all but the first have their number in the name. */
export function workerPath(path: string, worker = 1): string {
  if (worker === 1) return path
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}.worker-${worker}${ext}`)
}

/**
 * An append-only file. It is never followed through a symbolic link, and never one that could be run, that has a second
 * name, or that lies outside the folder: whoever may enable devices must not be able to write to any other file.
 */
export class FileOutput implements Output {
  readonly #options: FileOutputOptions
  readonly #path: string
  #handle: FileHandle | undefined
  /** Counts openings, and giving up: an opening that ends after that must not leave the file open. */
  #opening = 0
  #writing: Promise<void> | undefined
  readonly file: ReadBack

  constructor(options: FileOutputOptions) {
    this.#options = options
    this.#path = filePath(options.folder, options.path)
    this.file = {
      size: async () => (await this.#stat()).size,
      read: (start, end) => this.#read(start, end),
      sync: () => this.#open.datasync(),
      moved: () => this.#moved(),
    }
  }

  async open(): Promise<void> {
    await this.close()
    const opening = ++this.#opening
    const folder = dirname(this.#path)
    await makeFolder(this.#options.folder)
    // Before as well, so that no folder is made on the other side of a link.
    await this.#checkFolder(await nearest(folder))
    await makeFolder(folder)
    await this.#checkFolder(folder)
    const handle = await open(this.#path, FLAGS, this.#options.mode === 0 ? 0o600 : this.#options.mode)
    try {
      const found = await handle.stat()
      if (!found.isFile()) throw new OutputError(`${this.#path} is not a regular file`)
      if (found.nlink > 1) throw new OutputError(`${this.#path} has other names (hard links)`)
      if ((found.mode & EXECUTABLE) !== 0) throw new OutputError(`${this.#path} is executable`)
      const mode = this.#options.mode
      if (mode !== 0 && (found.mode & 0o777) !== mode) await handle.chmod(mode)
      if (opening !== this.#opening) throw new OutputError('opening the file took too long')
    } catch (error) {
      await handle.close()
      throw error
    }
    this.#handle = handle
  }

  write(bytes: Buffer): Promise<void> {
    const handle = this.#handle
    if (handle === undefined) return Promise.reject(closed())
    if (this.#options.blocking === true) return appendNow(handle.fd, bytes)
    const writing = new Promise<void>((done, failed) => append(handle.fd, bytes, 0, done, failed))
    this.#writing = writing
    return writing
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    // The number of a descriptor that is still written to must not go to another file.
    await this.#writing?.catch(() => {})
    // What the descriptor still had to say about earlier writes can't be acted on here.
    await handle?.close().catch(() => {})
  }

  destroy(): void {
    // A write that the kernel has accepted can't be called back.
    this.#opening++
    void this.close()
  }

  get #open(): FileHandle {
    if (this.#handle === undefined) throw closed()
    return this.#handle
  }

  async #checkFolder(folder: string): Promise<void> {
    const root = await realpath(this.#options.folder)
    const real = await realpath(folder)
    if (real !== root && !real.startsWith(root === sep ? sep : root + sep))
      throw new OutputError(
        `the file of an audit device must lie below ${root}, unless audit_directory of the configuration names another folder`,
      )
  }

  async #read(start: number, end: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(end - start)
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.#open.read(buffer, filled, buffer.length - filled, start + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  async #moved(): Promise<boolean> {
    const mine = await this.#stat()
    if (mine.nlink === 0) return true
    try {
      const found = this.#options.blocking === true ? statSync(this.#path) : await stat(this.#path)
      return found.ino !== mine.ino || found.dev !== mine.dev
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
      throw error
    }
  }

  #stat(): Stats | Promise<Stats> {
    const { fd } = this.#open
    return this.#options.blocking === true ? fstatSync(fd) : statOf(fd)
  }
}

/** The folder, or the closest above it that is there. */
export async function nearest(folder: string): Promise<string> {
  let found = folder
  while (!(await isThere(found)) && dirname(found) !== found) found = dirname(found)
  return found
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** As `append`, on this thread. */
async function appendNow(fd: number, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const written = writeSync(fd, bytes, from, bytes.length - from)
    if (written === 0) throw full()
    from += written
  }
}

const full = (): OutputError => new OutputError('the file takes no more bytes')
const closed = (): OutputError => new OutputError('the file is not open')

/** Writes all of it; the kernel may take less than it is given. */
function append(fd: number, bytes: Buffer, from: number, done: () => void, failed: (error: Error) => void): void {
  write(fd, bytes, from, bytes.length - from, null, (error, written) => {
    if (error !== null) failed(error)
    else if (from + written === bytes.length) done()
    else if (written === 0) failed(full())
    else append(fd, bytes, from + written, done, failed)
  })
}
