import { type DescMethod, getOption } from '@bufbuild/protobuf'
import { http } from '../../proto/gen/google/api/annotations_pb.ts'
import { type ListedService, SERVICES } from '../../proto/gen/services.ts'
import { Rpc } from './rpc.ts'

/**
 * A method that stands for a route. What its messages look like is loaded when it is first called: the descriptors of all
 * services take more memory than all else that the server has loaded, and most vaults use few of them.
 */
export class Method {
  /** '/egide.v1.Transit/Encrypt'. */
  readonly path: string
  readonly kind: DescMethod['methodKind']
  readonly #service: ListedService
  readonly #name: string
  #rpc: Rpc | undefined

  constructor(service: ListedService, name: string, kind: DescMethod['methodKind']) {
    this.path = `/${service.typeName}/${name}`
    this.kind = kind
    this.#service = service
    this.#name = name
  }

  /** Undefined while nobody has loaded it. */
  get rpc(): Rpc | undefined {
    return this.#rpc
  }

  async load(): Promise<Rpc> {
    const method = await this.describe()
    this.#rpc ??= new Rpc(method, getOption(method, http))
    return this.#rpc
  }

  async describe(): Promise<DescMethod> {
    const { methods } = await this.#service.load()
    const method = methods.find(({ name }) => name === this.#name)
    if (method === undefined) throw new Error(`${this.path} is listed, and is not in its .proto file`)
    return method
  }
}

/** All methods that stand for a route. */
export function allMethods(): Method[] {
  return SERVICES.flatMap((service) =>
    (Object.keys(service.methods) as DescMethod['methodKind'][]).flatMap((kind) =>
      (service.methods[kind] ?? []).map((name) => new Method(service, name, kind)),
    ),
  )
}

export const SERVICE_NAMES: readonly string[] = SERVICES.map(({ typeName }) => typeName)
