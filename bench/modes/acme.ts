import acme from 'acme-client'
import { egide, openbao } from '../../test/harness/program.ts'
import { ChallengeWorld } from '../../test/pki/challenge-world.ts'
import type { Options } from '../options.ts'
import { findOpenbao } from '../servers/openbao.ts'
import { usageOf, usageSince } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'

const WARM_UP = 3

/**
 * ACME orders, one after the other, by a client that nobody here wrote: order, proof by dns-01, certificate. Most of the
 * time is the client's waiting between two looks, so CPU of the server is what compares.
 */
export async function acmeOrders(options: Options, print: (text: string) => void): Promise<void> {
  const each: { readonly name: string; readonly ms: number; readonly cpuMs: number }[] = []
  const binary = await findOpenbao(options.openbao)
  const programs = binary === undefined ? [egide] : [egide, openbao(binary)]
  for (const program of programs) {
    const vault = await Vault.start(program)
    const world = await ChallengeWorld.start()
    try {
      const { dns_resolver } = world.settings
      await done(vault, 'pki/config/cluster', { path: `${vault.server.address}/v1/pki` })
      await done(vault, 'sys/mounts/pki/tune', ACME_HEADERS)
      await done(vault, 'pki/config/acme', { enabled: true, dns_resolver })
      const client = await account(vault)
      for (let nth = 0; nth < WARM_UP; nth++) await order(client, world, `warm${nth}.bench.test`)
      const before = usageOf(vault.pid)
      const beganMs = performance.now()
      for (let nth = 0; nth < options.acme; nth++) await order(client, world, `n${nth}.bench.test`)
      const tookMs = performance.now() - beganMs
      const { cpuSeconds } = usageSince(vault.pid, before)
      const [ms, cpuMs] = [tookMs / options.acme, (cpuSeconds * 1000) / options.acme]
      each.push({ name: vault.name, ms, cpuMs })
      print(`acme: ${vault.name}: an order takes ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU\n`)
    } finally {
      world.close()
      await vault.end()
    }
  }
  const [own, peer] = each
  if (own !== undefined && peer !== undefined) {
    const ratio = (of: 'ms' | 'cpuMs'): string => (peer[of] / own[of]).toFixed(2)
    print(`acme: ${peer.name}'s time / ${own.name}'s: ${ratio('ms')}; its CPU / ${own.name}'s: ${ratio('cpuMs')}\n`)
  }
  print('\n')
}

/** Which OpenBao passes on only where it is told to. */
const ACME_HEADERS = {
  passthrough_request_headers: ['If-Modified-Since'],
  allowed_response_headers: ['Last-Modified', 'Location', 'Replay-Nonce', 'Link'],
}

async function done({ server }: Vault, path: string, body: object): Promise<void> {
  const { status, text } = await server.call('POST', path, { body })
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`)
}

async function account({ server }: Vault): Promise<acme.Client> {
  const client = new acme.Client({
    directoryUrl: `${server.address}/v1/pki/acme/directory`,
    accountKey: await acme.crypto.createPrivateEcdsaKey(),
    backoffAttempts: 100,
    backoffMin: 20,
    backoffMax: 20,
  })
  await client.createAccount({ termsOfServiceAgreed: true })
  return client
}

async function order(client: acme.Client, world: ChallengeWorld, name: string): Promise<void> {
  const [, csr] = await acme.crypto.createCsr({ altNames: [name] }, await acme.crypto.createPrivateEcdsaKey())
  await client.auto({
    csr,
    challengePriority: ['dns-01'],
    skipChallengeVerification: true,
    challengeCreateFn: async ({ identifier }, _challenge, proof) => {
      world.texts.set(`_acme-challenge.${identifier.value}`, [proof])
    },
    challengeRemoveFn: async () => undefined,
  })
}
