import { chmodSync, lchownSync, lstatSync, readFileSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import type { UnixListenerConfig } from '../config/types.ts'
import { ListenError } from './errors.ts'

/** Makes way at the path: removes a socket at which nobody listens. Throws ListenError for anything else that is there. */
export async function clearSocketPath(socketPath: string): Promise<void> {
  const stats = lstatSync(socketPath, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!stats.isSocket()) throw new ListenError(`${socketPath} is there already and is not a socket`)
  const fault = await connectFault(socketPath)
  if (fault === undefined) throw new ListenError(`${socketPath} is in use by another process`)
  if (fault !== 'ECONNREFUSED') throw new ListenError(`${socketPath} is there already, and can't be tried: ${fault}`)
  unlinkSync(socketPath)
}

/** Why nobody can be reached there; undefined: somebody answered. */
function connectFault(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  })
}

/** Listens with nobody else let in until owner and mode are set. */
export function listenUnix(
  server: Server,
  config: Pick<UnixListenerConfig, 'socketPath' | 'mode' | 'user' | 'group'>,
): void {
  const { socketPath, mode, user, group } = config
  const uid = user === undefined ? -1 : idOf('/etc/passwd', user)
  const gid = group === undefined ? -1 : idOf('/etc/group', group)
  const umask = process.umask(0o177)
  try {
    // The socket file exists when this returns.
    server.listen(socketPath)
  } finally {
    process.umask(umask)
  }
  if (!server.listening) return // its 'error' event says why
  if (uid !== -1 || gid !== -1) lchownSync(socketPath, uid, gid)
  chmodSync(socketPath, mode)
}

/** The number of a user or group; names are those of this machine's own file. */
function idOf(file: string, name: string): number {
  if (/^\d{1,10}$/.test(name)) return Number(name)
  const entry = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([entryName]) => entryName === name)
  if (entry === undefined) throw new ListenError(`${name} is not in ${file}; a number works too`)
  return Number(entry[2])
}
