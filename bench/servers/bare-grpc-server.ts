// The yardstick: a bare grpc-js server that takes the message and answers the bytes it was given, nothing else.
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js'

export interface BareGrpcReply {
  /** '/egide.v1.Transit/Encrypt'. */
  readonly method: string
  readonly isStream: boolean
  /** Base64. */
  readonly message: string
}

const same = (bytes: Buffer): Buffer => bytes

process.once('message', ({ method, isStream, message }: BareGrpcReply) => {
  const reply = Buffer.from(message, 'base64')
  const server = new Server()
  const answer = (_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => callback(null, reply)
  const answerEach = (stream: ServerDuplexStream<Buffer, Buffer>) => stream.on('data', () => stream.write(reply))
  if (isStream) server.register(method, answerEach, same, same, 'bidi')
  else server.register(method, answer, same, same, 'unary')
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error
    process.send?.(port)
  })
  process.once('disconnect', () => process.exit(0))
})
