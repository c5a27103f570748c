import { Command } from 'commander'
import type { RevocationReport } from '../../provider/agents/administration.ts'
import type { AgentStatus } from '../../provider/agents/status.ts'
import type { AgentsConsole } from '../agents-console.ts'
import { exitCodes } from '../exit.ts'
import { utcTime } from '../utc-time.ts'

const examples = `
Examples:
  $ postern agents invite --realm corp --config provider.yaml    a code for one new agent, good for 15 minutes
  $ postern agents list --config provider.yaml
  $ postern agents show corp-1 --config provider.yaml
  $ postern agents approve corp-1 --fingerprint '59db 3f0c …' --config provider.yaml
        let it serve its realms, for 90 days; the agent's host shows the fingerprint. Again before they are over
  $ postern agents drain corp-1 --config provider.yaml           ask it nothing new, to stop it or to work on its host
  $ postern agents undrain corp-1 --config provider.yaml
  $ postern agents revoke corp-1 --config provider.yaml          it is lost, stolen, or must not be believed
  $ postern agents remove corp-1 --config provider.yaml          the same, and its name is free again

They run where the provider's settings and keys are. Every one takes --json.
`

/** `postern agents`: the admin's side. */
export function agentsCommand(): Command {
  return new Command('agents')
    .description('invite, approve, watch and end agents; on the provider’s machine')
    .addHelpText('after', examples)
    .addCommand(inviteCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(approveCommand())
    .addCommand(moveCommand('drain', 'ask an agent nothing new; it finishes what it holds'))
    .addCommand(moveCommand('undrain', 'ask a drained agent again'))
    .addCommand(endCommand('revoke', 'end an agent for good, everywhere within a second'))
    .addCommand(endCommand('remove', 'end an agent and forget it: its name is free again'))
}

interface Flags {
  readonly config: string
  readonly json?: true
}

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('-c, --config <file>', "the provider's settings")
    .option('--json', 'print one JSON object')
}

/** Runs with the provider's agents, and prints what comes of it. */
async function run<T extends object>(
  { config, json }: Flags,
  use: (agents: AgentsConsole) => Promise<T>,
  text: (result: T) => string | Promise<string>,
): Promise<T> {
  const { withAgents } = await import('../agents-console.ts')
  const result = await withAgents(config, use)
  console.log(json ? JSON.stringify(result) : await text(result))
  return result
}

interface InviteFlags extends Flags {
  readonly realm: readonly string[]
  readonly name?: string
  readonly network?: readonly string[]
}

function inviteCommand(): Command {
  return command('invite', 'make a code with which one agent can enrol, once, within 15 minutes')
    .requiredOption('--realm <name>', 'that it will serve; again for another', each)
    .option('--name <name>', 'of the agent; that of its host unless given')
    .option(
      '--network <cidr>',
      'that it will come from, as in 10.1.0.0/16; again for another',
      each,
    )
    .action(async (flags: InviteFlags) => {
      const { realm: realms, name, network: networks = [] } = flags
      const invitation = { realms, networks, ...(name !== undefined && { name }) }
      await run(
        flags,
        async ({ administration, settings }) => {
          const { issuer } = settings
          return { ...(await administration.invite(invitation)), issuer }
        },
        ({ code, expires, issuer }) => `${code}

Good once, until ${utcTime(expires)}. On the host of the agent:
  postern agent enrol --issuer ${issuer} --code ${code} --config agent.yaml`,
      )
    })
}

function listCommand(): Command {
  return command('list', 'show all agents, and how they are at this moment').action(
    async (flags: Flags) => {
      const { statusText } = await import('../agents-text.ts')
      await run(flags, ({ status }) => status(), statusText)
    },
  )
}

function showCommand(): Command {
  return command('show', 'show all that is known of one agent')
    .argument('<name>', 'of the agent')
    .action(async (name: string, flags: Flags) => {
      const { agentText } = await import('../agents-text.ts')
      const { letInText } = await import('../let-in-text.ts')
      const show = async ({ find, status, letIn }: AgentsConsole) => {
        const { enrolment } = find(name)
        const [{ agents }, people] = await Promise.all([status(), letIn(name)])
        const found = agents.find((one) => one.enrolment === enrolment) as AgentStatus
        return { ...found, letIn: people }
      }
      await run(flags, show, (agent) => `${agentText(agent)}\n\n${letInText(agent.letIn)}`)
    })
}

function approveCommand(): Command {
  return (
    command('approve', 'let an agent serve its realms for 90 days from now')
      .argument('<name>', 'of the agent')
      // Its groups are separate words to a shell that nobody has told otherwise.
      .requiredOption(
        '--fingerprint <hex...>',
        "of its key, whole, as the agent's own host shows it",
      )
      .action(async (name: string, flags: Flags & { fingerprint: readonly string[] }) => {
        await run(
          flags,
          ({ administration }) => administration.approve(name, flags.fingerprint.join(' ')),
          ({ realms, approvedUntil = 0 }) =>
            `${name} is approved for ${realms.join(', ')} until ${utcTime(approvedUntil)}. ` +
            'If it runs it is asked in some seconds.',
        )
      })
  )
}

function moveCommand(way: 'drain' | 'undrain', description: string): Command {
  return command(way, description)
    .argument('<name>', 'of the agent')
    .action(async (name: string, flags: Flags) => {
      await run(
        flags,
        ({ administration }) => administration[way](name),
        ({ state }) => `${name} is ${state}.`,
      )
    })
}

function endCommand(way: 'revoke' | 'remove', description: string): Command {
  return command(way, description)
    .argument('<name>', 'of the agent')
    .action(async (name: string, flags: Flags) => {
      const done = way === 'revoke' ? 'revoked' : 'removed'
      const { revocationText } = await import('../agents-text.ts')
      const end = async ({ administration }: AgentsConsole) => {
        return { agent: name, ...(await administration[way](name)) }
      }
      const text = (report: RevocationReport) => revocationText(name, done, report)
      const { silent } = await run(flags, end, text)
      if (silent.length > 0) process.exitCode = exitCodes.failed
    })
}

function each(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
