import { Socket } from 'node:net'
import { Peer } from './peer.ts'
import { PIPE_FD } from './supervisor.ts'

/** A worker to which operators come before it has said that it serves. Tells the supervisor's process what they get. */
const peer = new Peer(
  new Socket({ fd: PIPE_FD }),
  async (method) => (method === 'seal' ? 'done' : undefined),
  () => process.exit(0),
)
const tell = (outcome: unknown) => process.send?.({ outcome })
peer.call('seal', 'status', []).then(tell, (error: unknown) => tell(String(error)))
await peer.call('ready', ['http://127.0.0.1:1'], 'http://127.0.0.1:1')
