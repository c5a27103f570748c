import { Command } from 'commander'
import type { Enrolled, EnrolOptions } from '../../agent/enrol/enrol.ts'
import { untilSignal } from '../until-signal.ts'
import { doctorCommand } from './doctor.ts'

const runExamples = `
Examples:
  $ postern agent run --config /etc/postern/agent.yaml

It connects outwards only, to the provider, to Redis and to its directory, and renews its certificate by itself. At
SIGTERM or SIGINT it takes nothing more, answers what it has in hand, and ends.

Exit codes: 0 told to stop, 1 failed, 2 wrong settings, 3 the provider has ended this agent: starting it again is no use.
`

const enrolExamples = `
Examples:
  $ postern agent enrol --issuer https://id.corp.example --code CODE --config /etc/postern/agent.yaml
        the file is there and says which realms to serve; the rest is filled in, comments and order stay
  $ postern agent enrol --issuer https://id.corp.example --code CODE --config agent.yaml \\
      --ldap-url ldaps://dc1.corp.example --ldap-url ldaps://dc2.corp.example \\
      --base-dn dc=corp,dc=example --bind-dn cn=postern,dc=corp,dc=example --bind-password-file ldap.password
        there is no file yet

CODE is what \`postern agents invite\` has printed on the provider's machine. Run it as the user that runs the agent: the key
that it makes is for that user alone. Through a proxy: HTTPS_PROXY, or proxy in the file.

Exit codes: 0 enrolled, 1 the provider could not be asked, 2 something here is to be put right first, 3 the provider refuses,
most often because the code is wrong, used or over.
`

/** `postern agent`: the process beside the directory. */
export function agentCommand(): Command {
  return new Command('agent')
    .description('make an agent of this host, and run it: it checks passwords beside the directory')
    .addCommand(enrolCommand())
    .addCommand(runCommand())
    .addCommand(doctorCommand())
}

function runCommand(): Command {
  return new Command('run')
    .description('run an agent until it is told to stop')
    .requiredOption('-c, --config <file>', 'its settings')
    .addHelpText('after', runExamples)
    .action(async ({ config }: { config: string }) => {
      const { runAgent } = await import('../agent-run.ts')
      await untilSignal(() => runAgent(config))
    })
}

interface EnrolFlags extends Omit<EnrolOptions, 'identityDirectory'> {
  readonly identity?: string
  readonly json?: true
}

function enrolCommand(): Command {
  return new Command('enrol')
    .alias('enroll')
    .description('make keys, have the provider certify them, and write the settings to run with')
    .requiredOption('--issuer <url>', "the provider's address")
    .requiredOption('--code <code>', 'what `postern agents invite` has printed')
    .requiredOption('-c, --config <file>', 'the settings file, there already or not')
    .option('--ldap-url <url>', 'a directory server, without a file; again for another', each)
    .option('--base-dn <dn>', 'where its people are')
    .option('--bind-dn <dn>', 'the service account that searches for them')
    .option('--bind-password-file <file>', 'its password')
    .option('--ca-file <file>', "the authority of the directory servers' certificates")
    .option('--issuer-ca-file <file>', "the authority of the provider's certificate")
    .option('--identity <folder>', 'for the keys, relative to the settings file', undefined)
    .option('--force', 'replace the identity that is there')
    .option('--json', 'print one JSON object')
    .addHelpText('after', enrolExamples)
    .action(async ({ identity, json, ...flags }: EnrolFlags) => {
      const { enrol } = await import('../../agent/enrol/enrol.ts')
      const { systemClock } = await import('../../shared/clock.ts')
      const options = { ...flags, ...(identity !== undefined && { identityDirectory: identity }) }
      const enrolled = await enrol(options, { clock: systemClock })
      console.log(json ? JSON.stringify(enrolled) : told(enrolled))
    })
}

function each(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

function told({ agent, realms, fingerprint, config, realmsDiffer }: Enrolled): string {
  const approve = `postern agents approve ${agent} --fingerprint '${fingerprint}' --config provider.yaml`
  const differ = `\nThe settings and the invitation differ about: ${realmsDiffer.join(', ')}.\n`
  return `Enrolled as ${agent}, for the realm${realms.length === 1 ? '' : 's'} ${realms.join(', ')}. It is asked nothing until it is approved.

The fingerprint of its key:
  ${fingerprint}
Give it to the admin of the provider by a way that nobody can change, or compare it there, and have it approved:
  ${approve}
${realmsDiffer.length > 0 ? differ : ''}
Then, or already now:
  postern check ${config}
  postern agent run --config ${config}`
}
