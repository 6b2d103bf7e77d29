import { readFileSync } from 'node:fs'
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'

/** A client that calls any method by its descriptor. */
export class GrpcClient {
  readonly client: Client
  token: string | undefined

  constructor(address: string, caFile?: string, certFile?: string, keyFile?: string) {
    const own = [keyFile, certFile].map((file) => (file === undefined ? null : readFileSync(file)))
    const channel =
      caFile === undefined ? credentials.createInsecure() : credentials.createSsl(readFileSync(caFile), ...own)
    // A certificate's address is no server name: TLS knows none but host names.
    const options =
      caFile === undefined
        ? {}
        : { 'grpc.ssl_target_name_override': 'localhost', 'grpc.default_authority': 'localhost' }
    this.client = new Client(address, channel, { 'grpc.enable_http_proxy': 0, ...options })
  }

  metadata(more: Readonly<Record<string, string>> = {}): Metadata {
    const metadata = new Metadata()
    if (this.token !== undefined) metadata.set('x-vault-token', this.token)
    for (const [name, value] of Object.entries(more)) metadata.set(name, value)
    return metadata
  }

  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { readonly input: I; readonly output: O },
    init: MessageInitShape<I>,
    more: Readonly<Record<string, string>> = {},
    timeoutMs = 20_000,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        pathOf(method),
        (message: MessageShape<I>) => Buffer.from(toBinary(method.input, message)),
        (bytes: Buffer) => fromBinary(method.output, bytes),
        create(method.input, init),
        this.metadata(more),
        { deadline: new Date(Date.now() + timeoutMs) },
        (error, reply) =>
          error === null && reply !== undefined ? resolve(reply) : reject(error ?? new Error('nothing')),
      )
    })
  }

  /** The status that a call fails with. */
  async failure(calling: Promise<unknown>): Promise<ServiceError> {
    const outcome = await calling.catch((error: unknown) => error)
    if (outcome instanceof Error && 'code' in outcome) return outcome as ServiceError
    throw new Error('the call did not fail')
  }
}

export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`
}
