import { Socket } from 'node:net'

const READ_BYTES = 64 * 1024

/**
 * A pipe that keys come through, as a stream. It is read into memory of its own, which whoever takes the data erases: Node.js
 * by itself reads into memory that it copies from and gives back as it is, where keys would outlast the sealing.
 */
export function erasablePipe(fd: number): Socket {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  const callback = (count: number): boolean => socket.emit('data', buffer.subarray(0, count))
  const socket = new Socket({ fd, onread: { buffer, callback } })
  return socket
}
