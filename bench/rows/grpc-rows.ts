import { create, type DescMessage, type DescMethod, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import type { GrpcRow } from './row.ts'
import { INPUT, PLAINTEXT } from './transit-rows.ts'

const ITEMS = 50

function messageOf<I extends DescMessage>(
  method: DescMethod & { readonly input: I },
  init: MessageInitShape<I>,
): Buffer {
  return Buffer.from(toBinary(method.input, create(method.input, init)))
}

const nameOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`

export const GRPC_ROWS: readonly GrpcRow[] = [
  {
    name: 'grpc-encrypt',
    method: nameOf(Transit.method.encrypt),
    message: messageOf(Transit.method.encrypt, { name: 'bench', plaintext: PLAINTEXT }),
    connections: 4,
    underWay: 8,
    isStream: false,
    items: 1,
    bareGoal: 0.6,
    primitive: 'encrypt-300',
  },
  {
    name: 'grpc-encrypt-stream',
    method: nameOf(Transit.method.encryptStream),
    message: messageOf(Transit.method.encryptStream, {
      name: 'bench',
      batchInput: Array.from({ length: ITEMS }, () => ({ plaintext: INPUT })),
    }),
    connections: 4,
    underWay: 8,
    isStream: true,
    items: ITEMS,
    itemsGoal: 40_000,
    primitive: 'encrypt-64',
  },
]
