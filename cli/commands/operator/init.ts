import { isJsonArray, type JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { type ExitCode, remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { serialised } from '../../output/print.ts'
import { wrapped } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'

const DEFAULT_SHARES = 5
const DEFAULT_THRESHOLD = 3

export const init = command({
  usage: '[options]',
  description:
    'Initialises a new server: makes its root key, splits it into shares, and prints them with the first root token.\n\n' +
    'They are printed once and kept nowhere.',
  args: [0, 0],
  output: 'format',
  flags: {
    status: { kind: 'boolean', help: 'Only say whether it is initialised: ends with 0 if so, with 2 if not.' },
    'key-shares': { kind: 'integer', help: `Shares to make. Default ${DEFAULT_SHARES}.`, aliases: ['n'] },
    'key-threshold': {
      kind: 'integer',
      help: `Shares needed to unseal. Default ${DEFAULT_THRESHOLD}.`,
      aliases: ['t'],
    },
    'recovery-shares': {
      kind: 'integer',
      help: `With auto-unseal: recovery shares to make. Default ${DEFAULT_SHARES}.`,
    },
    'recovery-threshold': {
      kind: 'integer',
      help: `With auto-unseal: recovery shares needed. Default ${DEFAULT_THRESHOLD}.`,
    },
  },
  async run({ flags, session }) {
    if (flags.status) return printInitStatus(session)
    const sealStatus = await remote('', session.preflight.json('GET', 'sys/seal-status'))
    const body: JsonObject =
      sealStatus.recovery_seal === true
        ? {
            secret_shares: flags['key-shares'] ?? 0,
            secret_threshold: flags['key-threshold'] ?? 0,
            recovery_shares: flags['recovery-shares'] ?? DEFAULT_SHARES,
            recovery_threshold: flags['recovery-threshold'] ?? DEFAULT_THRESHOLD,
          }
        : {
            secret_shares: flags['key-shares'] ?? DEFAULT_SHARES,
            secret_threshold: flags['key-threshold'] ?? DEFAULT_THRESHOLD,
          }
    const answer = await remote('Error initializing', initialise(session.client, body))
    if (session.format === 'table') printForPeople(answer, body)
    else printLine(await serialised(session.format, forPrograms(answer, body)))
    return 0
  },
})

function initialise(client: Logical, body: JsonObject): Promise<JsonObject> {
  return client.json('PUT', 'sys/init', { body })
}

async function printInitStatus(session: Session): Promise<ExitCode> {
  // An error ends with 1, because 2 has a meaning of its own here.
  const status = await remote('Error checking init status', session.client.json('GET', 'sys/init'), { exitCode: 1 })
  const initialized = status.initialized === true
  if (session.format === 'table') printLine(`Vault is ${initialized ? '' : 'not '}initialized`)
  else printLine(await serialised(session.format, { initialized }))
  return initialized ? 0 : 2
}

function printForPeople(answer: JsonObject, asked: JsonObject): void {
  const keys = listOf(answer.keys_base64 ?? answer.keys)
  const recoveryKeys = listOf(answer.recovery_keys_base64 ?? answer.recovery_keys)
  for (const [at, key] of keys.entries()) printLine(`Unseal Key ${at + 1}: ${key}`)
  for (const [at, key] of recoveryKeys.entries()) printLine(`Recovery Key ${at + 1}: ${key}`)
  printLine(`\nInitial Root Token: ${plain(answer.root_token ?? '')}\n`)
  if (keys.length > 0) {
    const [shares, threshold] = [plain(asked.secret_shares ?? 0), plain(asked.secret_threshold ?? 0)]
    printLine(
      wrapped(
        `Vault initialized with ${shares} key shares and a key threshold of ${threshold}. Give each share to another holder, and keep none together: whenever the server starts or was sealed, ${threshold} of them unseal it.`,
      ),
    )
    printLine(
      `\n${wrapped(`The root key itself is stored nowhere. Without ${threshold} shares nothing in this server can ever be read again.`)}`,
    )
    printLine(`\n${wrapped('New shares can be made with a quorum of the old ones: see "egide operator rekey".')}`)
  } else {
    printLine('Success! Vault is initialized')
  }
  if (recoveryKeys.length > 0) {
    const [shares, threshold] = [plain(asked.recovery_shares ?? 0), plain(asked.recovery_threshold ?? 0)]
    printLine(
      `\n${wrapped(`Recovery key initialized with ${shares} key shares and a key threshold of ${threshold}. Give each share to another holder.`)}`,
    )
  }
}

/** The names that programs read the output of `operator init -format=json` by. */
function forPrograms(answer: JsonObject, asked: JsonObject): JsonObject {
  const stored = listOf(answer.keys).length === 0
  return {
    unseal_keys_b64: listOf(answer.keys_base64),
    unseal_keys_hex: listOf(answer.keys),
    unseal_shares: stored ? 1 : (asked.secret_shares ?? 0),
    unseal_threshold: stored ? 1 : (asked.secret_threshold ?? 0),
    recovery_keys_b64: listOf(answer.recovery_keys_base64),
    recovery_keys_hex: listOf(answer.recovery_keys),
    recovery_keys_shares: asked.recovery_shares ?? 0,
    recovery_keys_threshold: asked.recovery_threshold ?? 0,
    root_token: answer.root_token ?? '',
  }
}

function listOf(value: JsonObject[string] | undefined): string[] {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []
}
