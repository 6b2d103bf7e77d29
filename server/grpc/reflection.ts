import { type DescFile, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { file_google_rpc_error_details } from '../../proto/gen/google/rpc/error_details_pb.ts'
import { file_google_rpc_status } from '../../proto/gen/google/rpc/status_pb.ts'
import { SERVICES } from '../../proto/gen/services.ts'
import { HEALTH_SERVICE, healthDescriptor } from './health-descriptor.ts'

/** Answers one message of a client that asks what the server's messages look like. Throws when it is malformed. */
export type Describe = (question: Buffer) => Buffer

/** What the reflection's package has a server do with a stream. */
interface QuestionStream {
  on(event: string, listener: (message: unknown) => void): void
  write(answer: unknown): void
  end(): void
}

/** Loads the descriptors of all services. */
export async function openReflection(): Promise<Describe> {
  const fileDescriptorProtos = [...(await fileDescriptors()), healthDescriptor()]
  const files = { egide: { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos } }
  const services = [...SERVICES.map(({ typeName }) => typeName), HEALTH_SERVICE]
  const reflection = new ReflectionService(files as ConstructorParameters<typeof ReflectionService>[0], { services })
  const taken: Describe[] = []
  // One of its two forms is enough, and the other one's index as large again.
  const server = { addService: (...given: Parameters<typeof describerOf>) => taken.push(describerOf(...given)) }
  reflection.addToServer(server as unknown as Parameters<typeof reflection.addToServer>[0])
  const [describe] = taken
  if (describe === undefined) throw new Error('the reflection has no service')
  return describe
}

function describerOf(definition: ServiceDefinition, implementation: UntypedServiceImplementation): Describe {
  const method = definition.ServerReflectionInfo
  const serve = implementation.ServerReflectionInfo as unknown as ((stream: QuestionStream) => void) | undefined
  if (method === undefined || serve === undefined) throw new Error('the reflection is not what it was')
  let ask: (question: unknown) => void = () => {}
  let answer: unknown
  serve({
    on: (event, listener) => {
      if (event === 'data') ask = listener
    },
    write: (given) => {
      answer = given
    },
    end: () => {},
  })
  return (bytes) => {
    const question = method.requestDeserialize(bytes) as Question
    ask(asIndexed(question)) // it answers at once
    return method.responseSerialize(asAsked(answer as Answer, question))
  }
}

/** What a client asks, as far as it is of extensions. */
interface Question {
  readonly messageRequest?: string
  readonly fileContainingExtension?: { readonly containingType?: string } | null
  readonly allExtensionNumbersOfType?: string
}

interface Answer {
  readonly allExtensionNumbersResponse?: { readonly baseTypeName?: string } | null
}

/** The package keeps extensions by the type's name as a descriptor writes it, which begins with a dot; clients ask without. */
function asIndexed(question: Question): Question {
  const { messageRequest: kind, fileContainingExtension: extension, allExtensionNumbersOfType: type } = question
  if (kind === 'fileContainingExtension') {
    const containingType = `.${extension?.containingType ?? ''}`
    return { ...question, fileContainingExtension: { ...extension, containingType } }
  }
  return kind === 'allExtensionNumbersOfType' ? { ...question, allExtensionNumbersOfType: `.${type ?? ''}` } : question
}

function asAsked(answer: Answer, question: Question): Answer & { readonly originalRequest: Question } {
  const { allExtensionNumbersResponse: numbers } = answer
  if (!numbers) return { ...answer, originalRequest: question }
  const baseTypeName = question.allExtensionNumbersOfType ?? ''
  return { ...answer, allExtensionNumbersResponse: { ...numbers, baseTypeName }, originalRequest: question }
}

/** Of the services and of all that they import; imports first. */
async function fileDescriptors(): Promise<Buffer[]> {
  const files = new Map<string, DescFile>()
  const visit = (file: DescFile): void => {
    if (files.has(file.name)) return
    for (const dependency of file.dependencies) visit(dependency)
    files.set(file.name, file)
  }
  for (const { file } of await Promise.all(SERVICES.map(({ load }) => load()))) visit(file)
  for (const file of [file_google_rpc_error_details, file_google_rpc_status]) visit(file)
  return Array.from(files.values(), ({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)))
}
