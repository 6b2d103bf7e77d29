import { readFileSync } from 'node:fs'
import { GrpcTransport } from '../../sdk/grpc/index.ts'
import { Client } from '../../sdk/index.ts'
import { type Served, serve } from '../grpc/serve.ts'

/** A server for the tests of a file, and a client over each transport, as root. */
export async function serveClients() {
  const served = await serve()
  const clients = clientsOf(served)
  return {
    served,
    clients,
    async stop() {
      for (const client of Object.values(clients)) client.close()
      await served.stop()
    },
  }
}

/** A client over each transport, as root. */
export function clientsOf(served: Served): { readonly REST: Client; readonly gRPC: Client } {
  const token = served.rootToken
  return {
    REST: new Client({ address: served.restAddress, token }),
    gRPC: new Client({ transport: grpcTo(served), token }),
  }
}

export function grpcTo(served: Served): GrpcTransport {
  const ca = [readFileSync(served.certificate.caFile, 'utf8')]
  return new GrpcTransport({ address: served.target, tls: { ca, serverName: 'localhost' } })
}
