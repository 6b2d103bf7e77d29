import type { Socket } from 'node:net'
import type { Connection } from '../../engines/engine.ts'
import { peerChainOf } from '../core/peer-chain.ts'

const NOBODY: Connection = { remoteAddress: '', remotePort: 0, tls: false }

/**
 * Open connections by what grpc-js calls their peer, which is all it says of a call's connection: 'address:port', IPv6
 * without brackets.
 */
export class Peers {
  readonly #tls: boolean
  readonly #open = new Map<string, readonly Connection[]>()

  constructor(tls: boolean) {
    this.#tls = tls
  }

  /** Holds it for as long as it is open. */
  add(socket: Socket): void {
    const { remoteAddress = '', remotePort = 0 } = socket
    const name = nameOf(remoteAddress, remotePort)
    const connection: Connection = {
      remoteAddress,
      remotePort,
      tls: this.#tls,
      ...(this.#tls && { peerChain: () => peerChainOf(socket) }),
    }
    this.#open.set(name, [...this.#of(name), connection])
    socket.once('close', () => {
      const others = this.#of(name).filter((other) => other !== connection)
      if (others.length === 0) this.#open.delete(name)
      else this.#open.set(name, others)
    })
  }

  /** The same object for every call of a connection. Of several with one name, such as to two addresses of this machine, nobody can say whose certificate a call comes with: it comes with none. */
  named(name: string): Connection {
    const [connection, ...others] = this.#of(name)
    if (connection === undefined) return { ...NOBODY, tls: this.#tls }
    if (others.length === 0) return connection
    const { remoteAddress, remotePort, tls } = connection
    return { remoteAddress, remotePort, tls }
  }

  #of(name: string): readonly Connection[] {
    return this.#open.get(name) ?? []
  }
}

const nameOf = (address: string, port: number): string => (port === 0 ? address || 'unknown' : `${address}:${port}`)
