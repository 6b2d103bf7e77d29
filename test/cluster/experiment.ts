import { setTimeout as sleep } from 'node:timers/promises'
import { at } from '../harness/http.ts'
import { SeededRandom } from '../harness/random.ts'
import type { Nemesis, Node } from './nemesis.ts'
import { type Operation, perform, type Tally, type Wish } from './operations.ts'

const CLIENTS = 6
/** How long clients go on, beside the time that harm takes. */
const HISTORY_MS = 400

/** What one history is about: names of its own, so that it starts from nothing. */
function subjects(history: number, tokens: readonly string[]) {
  return {
    registers: [0, 1, 2].map((n) => `h${history}-r${n}`),
    folders: [0, 1].map((n) => `h${history}-f${n}`),
    tokens,
  }
}
type Subjects = ReturnType<typeof subjects>

const NAMES = ['a', 'b', 'c']

function wish(random: SeededRandom, { registers, folders, tokens }: Subjects, value: string): Wish {
  const dice = random.below(20)
  if (dice < 10) {
    const part = random.of(registers)
    const what = random.of(['read', 'read', 'read', 'write', 'write', 'cas', 'cas', 'delete'] as const)
    return { kind: 'register', part, do: what, value, ...(what === 'cas' && { cas: random.below(8) }) }
  }
  if (dice < 17) {
    const what = random.of(['read', 'read', 'write', 'write', 'delete', 'list', 'list'] as const)
    return { kind: 'folder', part: random.of(folders), do: what, name: random.of(NAMES), value }
  }
  const number = random.below(tokens.length)
  const what = random.below(12) === 0 ? 'revoke' : 'use'
  return { kind: 'token', part: `t${number}`, do: what, token: tokens[number] ?? '' }
}

/** Histories of clients that ask nodes while these are harmed. */
export class Experiment {
  readonly operations: Operation[] = []
  readonly tally: Tally = { done: 0, refused: 0, unknown: 0 }
  readonly #nodes: readonly Node[]
  readonly #nemesis: Nemesis
  readonly #seed: number

  constructor(nodes: readonly Node[], nemesis: Nemesis, seed: number) {
    this.#nodes = nodes
    this.#nemesis = nemesis
    this.#seed = seed
  }

  async history(number: number): Promise<void> {
    const tokens = await Promise.all([0, 1, 2].map(() => this.#newToken()))
    const about = subjects(number, tokens)
    let isOver = false
    const client = async (client: number) => {
      const random = new SeededRandom(this.#seed * 1_000_003 + number * 101 + client)
      for (let n = 0; !isOver; n++) {
        const up = this.#nodes.filter((node) => node.isUp)
        const node = random.of(up.length > 0 ? up : this.#nodes)
        const where = { history: number, client }
        const seen = await perform(wish(random, about, `${client}.${n}`), node, where, this.tally)
        if (seen === undefined) await sleep(5)
        else this.operations.push(seen)
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(at)))
    await sleep(HISTORY_MS / 2)
    await this.#nemesis.strike()
    await sleep(HISTORY_MS / 2)
    isOver = true
    await clients
    await this.#lookAtAll(number, about)
  }

  /** In the end every process is asked for everything, so that a loss does not go unseen. */
  async #lookAtAll(history: number, { registers, folders, tokens }: Subjects): Promise<void> {
    const looks: Wish[] = [
      ...registers.map((part) => ({ kind: 'register', part, do: 'read' }) as const),
      ...folders.flatMap((part) => [
        { kind: 'folder', part, do: 'list' } as const,
        ...NAMES.map((name) => ({ kind: 'folder', part, do: 'read', name }) as const),
      ]),
      ...tokens.map((token, n) => ({ kind: 'token', part: `t${n}`, do: 'use', token }) as const),
    ]
    for (const [client, node] of this.#nodes.entries()) {
      for (const look of looks) {
        // Workers answer in turn.
        for (let worker = 0; worker < node.workers; worker++)
          this.operations.push(await this.#insist(look, node, history, client))
      }
    }
  }

  async #insist(look: Wish, node: Node, history: number, client: number): Promise<Operation> {
    for (let attempt = 1; ; attempt++) {
      const seen = await perform(look, node, { history, client }, this.tally)
      if (seen !== undefined) return seen
      if (attempt === 600) throw new Error('a node does not come back')
      await sleep(50)
    }
  }

  async #newToken(): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#nodes[0]?.server
        .call('POST', 'auth/token/create', { body: { policies: ['default'] } })
        .catch(() => undefined)
      const token = at(reply?.body, 'auth', 'client_token')
      if (typeof token === 'string') return token
      if (attempt === 600) throw new Error(`no token is made: ${reply?.text}`)
      await sleep(50)
    }
  }
}
