import type { Caller, CallOptions } from './caller.ts'
import type { Input, Operation } from './operation.ts'
import type { Reply } from './reply.ts'
import type { Content } from './transport.ts'

/** What the generated classes are made on: operations of one service, at one mount. */
export abstract class Group {
  readonly #caller: Caller
  readonly #mount: string | undefined

  constructor(caller: Caller, mount?: string) {
    this.#caller = caller
    this.#mount = mount?.replace(/^\/+|\/+$/g, '')
  }

  protected ask<T>(operation: Operation, input: Input | string, options?: CallOptions): Promise<Reply<T>> {
    // The generated types say what the server's tables say of this operation's data.
    return this.#caller.call(operation, this.#whole(operation, input), options) as Promise<Reply<T>>
  }

  protected send<T>(operation: Operation, content: Content, options?: CallOptions): Promise<Reply<T>> {
    return this.#caller.send(operation, content, options) as Promise<Reply<T>>
  }

  protected listen<T>(operation: Operation, input: Input | string, options?: CallOptions): AsyncIterable<Reply<T>> {
    return this.converse(operation, [this.#whole(operation, input)], options)
  }

  protected converse<T>(
    operation: Operation,
    inputs: Iterable<object> | AsyncIterable<object>,
    options?: CallOptions,
  ): AsyncIterable<Reply<T>> {
    const whole = (input: Input) => this.#whole(operation, input)
    async function* wholes() {
      for await (const input of inputs) yield whole(input as Input)
    }
    return this.#caller.stream(operation, wholes(), options) as AsyncIterable<Reply<T>>
  }

  protected get retries() {
    return this.#caller.retries
  }

  #whole({ sole }: Operation, input: Input | string): Input {
    const named = typeof input === 'string' ? { [sole ?? '']: input } : input
    return this.#mount === undefined ? named : { ...named, mount: this.#mount }
  }
}
