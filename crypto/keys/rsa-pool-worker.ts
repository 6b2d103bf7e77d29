import { generateKeyPairSync } from 'node:crypto'
import { constants, getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'

/** Makes one RSA key at a time, of the size it is sent, and sends it back as PKCS #8. */

// Of this thread alone on Linux; elsewhere it would be of the process. As far below the server as there is: whoever gave the
// server more than others have wants its keys made as well.
if (process.platform === 'linux') {
  const { PRIORITY_LOW } = constants.priority
  setPriority(Math.min(PRIORITY_LOW, getPriority() + PRIORITY_LOW))
}

parentPort?.on('message', (bits: number) => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  })
  // Moved, not copied: nothing of it stays on this thread.
  const own = new Uint8Array(privateKey)
  privateKey.fill(0)
  parentPort?.postMessage(own, [own.buffer])
})
