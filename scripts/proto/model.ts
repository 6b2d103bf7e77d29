/** What the .proto files are made of, before numbers and text. */

export interface ProtoField {
  readonly name: string
  /** With its label: 'optional string', 'repeated int64', 'map<string, Item>', 'google.protobuf.Struct'. */
  readonly type: string
  readonly comment: string
  /** The field stands for the whole object: its message has no other. */
  readonly whole?: boolean
}

export interface ProtoMessage {
  readonly name: string
  readonly comment: string
  readonly fields: readonly ProtoField[]
  readonly nested: readonly ProtoMessage[]
}

export interface ProtoMethod {
  readonly name: string
  readonly comment: string
  readonly input: ProtoMessage
  readonly output: ProtoMessage
  readonly inputStreams: boolean
  readonly outputStreams: boolean
  /** 'get', 'post', 'patch', 'delete', or a method of Vault's own such as 'LIST'. Undefined: REST has no such route. */
  readonly verb: string | undefined
  readonly path: string
  /** Whether the parameter that the path ends in may be left out, with the slash before it. */
  readonly mayEndEarly: boolean
  /** Mount of requests that name none; undefined: the engine has one place. */
  readonly mount: string | undefined
  /** The outcome stands in the envelope: a status above 399 is no error. */
  readonly statusInReply: boolean
  /** The operation with its field `watch` set, answered by a stream of events. */
  readonly events: boolean
}

export interface ProtoService {
  readonly name: string
  readonly comment: string
  readonly methods: readonly ProtoMethod[]
}
