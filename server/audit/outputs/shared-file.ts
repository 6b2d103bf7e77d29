import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { invalid } from '../../../engines/errors.ts'
import { deviceSettings } from '../device-options.ts'
import { filePath, nearest, workerPath } from './file.ts'

interface DeviceWithOptions {
  readonly path: string
  readonly type: string
  readonly options: Readonly<Record<string, string>>
}

/** Where the files of file devices lie, and which worker's are meant. */
interface Place {
  readonly folder: string
  readonly worker?: number | undefined
}

interface FileIdentity {
  /** Of the first worker, with no link on the way. */
  readonly path: string
  /** Device and inode; undefined as long as there is no file. */
  readonly inode: string | undefined
}

/**
 * Throws EgideError `invalid_request`, which names the other device, when one of `others` writes to the file that `device`
 * would write to, however the two spell it: each would break the other's chain.
 */
export async function refuseSharedFile(
  device: DeviceWithOptions,
  others: readonly DeviceWithOptions[],
  place: Place,
): Promise<void> {
  const file = await fileOf(device, place)
  if (file === undefined) return
  for (const other of others) {
    const taken = await fileOf(other, place)
    if (taken === undefined) continue
    if (taken.path === file.path || (taken.inode !== undefined && taken.inode === file.inode))
      throw invalid(`the file of audit device ${device.path} is that of ${other.path}: each needs one of its own`)
  }
}

/** Undefined: it writes to none, or to one that is refused when it is opened. */
async function fileOf({ type, options }: DeviceWithOptions, place: Place): Promise<FileIdentity | undefined> {
  const { output } = deviceSettings(type, options)
  if (output.kind !== 'file') return undefined
  try {
    const target = filePath(place.folder, output.path)
    const there = await nearest(dirname(target))
    const folder = join(await realpath(there), relative(there, dirname(target)))
    return {
      path: join(folder, firstWorkersName(basename(target))),
      inode: await inodeOf(workerPath(target, place.worker)),
    }
  } catch {
    return undefined
  }
}

/** Any worker's file would be shared, also where there is one process now. */
const firstWorkersName = (name: string): string => name.replace(/(\.worker-\d+)+(?=(\.[^.]*)?$)/, '')

async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
