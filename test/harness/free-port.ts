import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that systems give to whoever asks for any port, or connects: none of these is taken between being found
 * free and being bound by the server that it was found for, which takes a second to start, or to start again.
 */
const FIRST = 12_000
const COUNT = 16_000

/** Each process begins elsewhere, so that few of those it asks for first have been claimed. */
let next = (process.pid * 61) % COUNT

/** A port of 127.0.0.1 that is free, as are the `following` after it. As long as this process lives no other gets it. */
export async function freePort(following = 0): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    // The one after them stays unused: a server that is told nothing of gRPC serves it there.
    const count = following + 2
    if (next + count > COUNT) next = 0
    const port = FIRST + next
    next += count
    const all = Array.from({ length: count }, (_, n) => isClaimed(port + n))
    if (!(await Promise.all(all)).includes(false)) return port
  }
  throw new Error('no port is free')
}

/**
 * Whether it is this process's from now on. The claim is a socket for datagrams, which leaves the port to a server of
 * connections, and which ends with the process however that ends. Every process of every run here asks for one first.
 */
async function isClaimed(port: number): Promise<boolean> {
  const claim = createSocket('udp4')
  try {
    claim.bind({ port, address: '127.0.0.1', exclusive: true })
    await once(claim, 'listening')
  } catch {
    claim.close()
    return false
  }
  claim.unref()
  return await isFree(port)
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  await new Promise((closed) => probe.close(closed))
  return true
}
