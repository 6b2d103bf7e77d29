import { parentPort, workerData } from 'node:worker_threads'
import { type StreamStart, serveStream } from '../audit/streams/stream-worker.ts'
import { random, systemClock } from './runtime.ts'

// What the thread of a file audit device runs.

if (parentPort === null) throw new Error('this file is a worker thread of the audit log')
serveStream(parentPort, workerData as StreamStart, systemClock, random)
