import { readFileSync } from 'node:fs'
import { GrpcTransport } from '../../sdk/grpc/index.ts'
import { Client } from '../../sdk/index.ts'
import type { Served } from '../grpc/serve.ts'

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
