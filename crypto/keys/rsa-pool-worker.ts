import { generateKeyPairSync } from 'node:crypto'
import { constants, getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { RsaPairBytes } from './rsa-pool.ts'

/** Makes one RSA key at a time, of the size it is sent, and sends it back. */

// Of this thread alone on Linux; elsewhere it would be of the process. As far below the server as there is: whoever gave the
// server more than others have wants its keys made as well.
if (process.platform === 'linux') {
  const { PRIORITY_LOW } = constants.priority
  setPriority(Math.min(PRIORITY_LOW, getPriority() + PRIORITY_LOW))
}

parentPort?.on('message', (bits: number) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  })
  // Moved, not copied: nothing of it stays on this thread.
  const own: RsaPairBytes = { privateKey: new Uint8Array(privateKey), publicKey: new Uint8Array(publicKey) }
  privateKey.fill(0)
  parentPort?.postMessage(own, [own.privateKey.buffer, own.publicKey.buffer])
})
