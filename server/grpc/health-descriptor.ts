import { create, toBinary } from '@bufbuild/protobuf'
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

/** grpc.health.v1 as https://github.com/grpc/grpc/blob/master/doc/health-checking.md specifies it, for reflection. */

const PACKAGE = 'grpc.health.v1'
export const HEALTH_SERVICE = `${PACKAGE}.Health`

const message = (name: string) => ({ label: Label.OPTIONAL, type: Type.MESSAGE, typeName: `.${PACKAGE}.${name}` })
const text = { label: Label.OPTIONAL, type: Type.STRING }

export function healthDescriptor(): Buffer {
  const file = create(FileDescriptorProtoSchema, {
    name: 'grpc/health/v1/health.proto',
    package: PACKAGE,
    syntax: 'proto3',
    messageType: [
      { name: 'HealthCheckRequest', field: [{ name: 'service', number: 1, ...text }] },
      {
        name: 'HealthCheckResponse',
        field: [
          {
            name: 'status',
            number: 1,
            label: Label.OPTIONAL,
            type: Type.ENUM,
            typeName: `.${PACKAGE}.HealthCheckResponse.ServingStatus`,
          },
        ],
        enumType: [
          {
            name: 'ServingStatus',
            value: ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'].map((name, number) => ({ name, number })),
          },
        ],
      },
      { name: 'HealthListRequest' },
      {
        name: 'HealthListResponse',
        field: [{ name: 'statuses', number: 1, ...message('HealthListResponse.StatusesEntry'), label: Label.REPEATED }],
        nestedType: [
          {
            name: 'StatusesEntry',
            field: [
              { name: 'key', number: 1, ...text },
              { name: 'value', number: 2, ...message('HealthCheckResponse') },
            ],
            options: { mapEntry: true },
          },
        ],
      },
    ],
    service: [
      {
        name: 'Health',
        method: [
          method('Check', 'HealthCheckRequest', 'HealthCheckResponse'),
          method('List', 'HealthListRequest', 'HealthListResponse'),
          { ...method('Watch', 'HealthCheckRequest', 'HealthCheckResponse'), serverStreaming: true },
        ],
      },
    ],
  })
  return Buffer.from(toBinary(FileDescriptorProtoSchema, file))
}

function method(name: string, input: string, output: string) {
  return { name, inputType: `.${PACKAGE}.${input}`, outputType: `.${PACKAGE}.${output}` }
}
