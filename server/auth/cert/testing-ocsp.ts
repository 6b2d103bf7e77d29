import 'reflect-metadata'
import { KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  BasicOCSPResponse,
  CertStatus,
  KeyHash,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { AlgorithmIdentifier, Certificate, Extension } from '@peculiar/asn1-x509'
import { type Identity, NOW_MS } from './testing-certificates.ts'

/** An OCSP server for tests, over HTTP, whose messages are made by a library that the server itself does not use. */

const NONCE = '1.3.6.1.5.5.7.48.1.2'
const ECDSA_SHA256 = '1.2.840.10045.4.3.2'
const HOUR_MS = 3_600_000

export interface Behaviour {
  /** By the serial number, hex. */
  status: (serial: string) => 'good' | 'revoked' | 'unknown'
  signer: Identity
  /** Goes with the reply. */
  enclosed?: Identity
  thisUpdateMs?: number
  nextUpdateMs?: number | undefined
  nonce?: 'returned' | 'none' | 'wrong'
  /** Done before each reply. */
  before?: () => Promise<unknown>
  /** Of the reply, where it is not one. */
  httpStatus?: number
  body?: Buffer
  /** The serial number that the reply is about, where it is another one. */
  about?: string
}

export class OcspServer {
  readonly behaviour: Behaviour
  requests = 0
  readonly #server: Server

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour
    this.#server = createServer((request, reply) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', async () => {
        this.requests++
        await this.behaviour.before?.()
        const { httpStatus = 200, body = this.#answer(Buffer.concat(chunks)) } = this.behaviour
        reply.writeHead(httpStatus, { 'content-type': 'application/ocsp-response' })
        reply.end(body)
      })
    })
  }

  static async open(behaviour: Behaviour): Promise<OcspServer> {
    const made = new OcspServer(behaviour)
    made.#server.listen(0, '127.0.0.1')
    await once(made.#server, 'listening')
    return made
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ocsp`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #answer(asked: Buffer): Buffer {
    const { status, signer, enclosed, nonce = 'returned', about } = this.behaviour
    const { tbsRequest } = AsnConvert.parse(asked, OCSPRequest)
    const [one] = tbsRequest.requestList
    if (one === undefined) throw new Error('nothing is asked')
    const serial = Buffer.from(one.reqCert.serialNumber).toString('hex')
    if (about !== undefined) one.reqCert.serialNumber = new Uint8Array(Buffer.from(about, 'hex')).buffer
    const known = status(serial)
    const certStatus = new CertStatus(
      known === 'good'
        ? { good: null }
        : known === 'unknown'
          ? { unknown: null }
          : { revoked: new RevokedInfo({ revocationTime: new Date(NOW_MS) }) },
    )
    const thisUpdate = new Date(this.behaviour.thisUpdateMs ?? NOW_MS)
    const nextUpdateMs = 'nextUpdateMs' in this.behaviour ? this.behaviour.nextUpdateMs : NOW_MS + HOUR_MS
    const single = new SingleResponse({
      certID: one.reqCert,
      certStatus,
      thisUpdate,
      ...(nextUpdateMs !== undefined && { nextUpdate: new Date(nextUpdateMs) }),
    })
    const theirs = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === NONCE)
    const returned = nonce === 'wrong' ? new OctetString(Buffer.from('0402aaaa', 'hex')) : theirs?.extnValue
    const data = new ResponseData({
      responderID: new ResponderID({ byKey: new KeyHash(Buffer.alloc(20)) }),
      producedAt: thisUpdate,
      responses: [single],
      ...(nonce !== 'none' &&
        returned !== undefined && {
          responseExtensions: [new Extension({ extnID: NONCE, extnValue: returned })],
        }),
    })
    const signature = sign('sha256', Buffer.from(AsnConvert.serialize(data)), KeyObject.from(signer.keys.privateKey))
    const basic = new BasicOCSPResponse({
      tbsResponseData: data,
      signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 }),
      signature: new Uint8Array(signature).buffer,
      ...(enclosed !== undefined && { certs: [AsnConvert.parse(enclosed.der, Certificate)] }),
    })
    const reply = new OCSPResponse({
      responseStatus: OCSPResponseStatus.successful,
      responseBytes: new ResponseBytes({
        responseType: '1.3.6.1.5.5.7.48.1.1',
        response: new OctetString(AsnConvert.serialize(basic)),
      }),
    })
    return Buffer.from(AsnConvert.serialize(reply))
  }
}
