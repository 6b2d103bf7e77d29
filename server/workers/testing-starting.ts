import { Socket } from 'node:net'
import { Peer } from './peer.ts'
import { PIPE_FD } from './supervisor.ts'

/** A worker whose start takes for ever, as where storage does not answer. */
new Peer(
  new Socket({ fd: PIPE_FD }),
  async () => undefined,
  () => process.exit(0),
)
process.send?.('starting')
