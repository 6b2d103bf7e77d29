import { once } from 'node:events'
import { Client } from '../../sdk/client.ts'
import { command } from '../command.ts'
import { misuse } from '../failure.ts'
import { Renewal } from '../kms-plugin/renewal.ts'
import { SocketServer } from '../kms-plugin/socket-server.ts'
import { TokenFile } from '../kms-plugin/token-file.ts'
import { WrappingKey } from '../kms-plugin/wrapping-key.ts'
import { warn } from '../terminal.ts'

/** One segment of a path: a key id, or an alias. */
const KEY = /^[A-Za-z0-9_-]{1,250}$/
const MOUNT = /^[^\s?#%\\]{1,500}$/

export const kmsPlugin = command({
  usage: '-socket=PATH -key=KEY [options]',
  description:
    'Seals the secrets of a Kubernetes cluster with a key of KMS: the plugin that kube-apiserver calls on a Unix ' +
    'socket (KMS v2). It runs until it is interrupted, and goes on by itself when the server is away or sealed for a ' +
    'while.\n\n' +
    '    egide kms-plugin -socket=/run/kms.sock -key=cluster -token-file=token\n\n' +
    'The token needs read on kms/keys/KEY, and update on kms/encrypt/KEY and kms/decrypt/ID, where ID is that of the key.',
  args: [0, 0],
  flags: {
    socket: { kind: 'text', help: 'Path of the socket. Only its owner may open it.' },
    key: { kind: 'text', help: 'Id or alias of a symmetric key.' },
    mount: { kind: 'text', help: 'Where KMS is mounted. Default kms.' },
    'token-file': { kind: 'text', help: 'File that holds the token; it is read again when it changes.' },
  },
  async run({ flags, session }) {
    const { socket, key, mount = 'kms', 'token-file': tokenPath } = flags
    if (socket === undefined || socket === '') throw misuse('-socket is needed: the path of the socket')
    if (key === undefined || !KEY.test(key)) throw misuse('-key is needed: the id of a key, or an alias without alias/')
    const where = mount.replace(/^\/+|\/+$/g, '')
    if (!MOUNT.test(where)) throw misuse('-mount is no path')
    const file = tokenPath === undefined ? undefined : new TokenFile(tokenPath)
    const token = () => (file === undefined ? session.token() : file.read())
    if (token() === undefined) throw misuse('there is no token: log in, or give -token-file')
    const client = new Client({ ...session.connection(), token, retry: { maxRetries: 1 } })
    const server = new SocketServer(new WrappingKey({ client, mount: where, key, tell: warn }), socket)
    await server.listen().catch((error: unknown) => {
      throw misuse(`cannot listen at ${socket}: ${error instanceof Error ? error.message : 'unknown'}`)
    })
    warn(`listening at ${socket}`)
    const renewal = new Renewal(client, token, warn)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    renewal.stop()
    await server.close()
    client.close()
    return 0
  },
})
