import type { IncomingMessage } from 'node:http'

/** Answers as if it had been asked for another protocol, which leaves the connection open and brings no answer. */
export function changeProtocol(request: IncomingMessage): void {
  request.resume()
  request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
}
