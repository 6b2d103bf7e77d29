import { parentPort } from 'node:worker_threads'
import { AEADS } from './aeads.ts'
import type { BatchToSeal, FromSealingWorker, SealedBatch } from './sealing-thread.ts'

/** What a SealingThread runs: seals the batches that it is sent, one after the other. */

function sealed({ algorithm, key, nonces, plaintexts, lengths }: BatchToSeal): SealedBatch {
  const aead = AEADS.find(({ name }) => name === algorithm)?.aead
  if (aead === undefined) return undefined
  const [input, nonceInput] = [bufferOf(plaintexts), bufferOf(nonces)]
  const made = Buffer.allocUnsafeSlow(input.length + lengths.length * aead.overheadBytes)
  let [nonceAt, from, madeAt] = [0, 0, 0]
  for (const length of lengths) {
    const nonce = nonceInput.subarray(nonceAt, nonceAt + aead.nonceBytes)
    const bytes = aead.seal(key, nonce, input.subarray(from, from + length), undefined)
    made.set(bytes, madeAt)
    nonceAt += aead.nonceBytes
    from += length
    madeAt += bytes.length
  }
  return made
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

const answer = (message: FromSealingWorker): void =>
  parentPort?.postMessage(message, message instanceof Uint8Array ? [message.buffer] : [])

parentPort?.on('message', (batch: BatchToSeal) => {
  let made: SealedBatch
  try {
    made = sealed(batch)
  } catch {
    // Who brought it does it, and sees what is wrong.
    made = undefined
  }
  batch.plaintexts.fill(0)
  answer(made)
})
answer('ready')
