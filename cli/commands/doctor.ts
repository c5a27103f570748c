import { Command } from 'commander'
import type { DoctorOptions } from '../doctor.ts'

const examples = `
Examples:
  $ postern agent doctor --config agent.yaml
  $ postern agent doctor --config agent.yaml --user alice@corp.example
  $ postern agent doctor --config agent.yaml --user alice --password-stdin < password.txt

It changes nothing and may run beside the agent. With a password it makes one sign-in, which counts
in the directory like any other. The exit code is 1 if there is a problem.
`

/** `postern agent doctor`: what keeps an agent from working, and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at everything an agent needs, and say what to do about what is wrong')
    .requiredOption('-c, --config <file>', "the agent's settings")
    .option('-u, --user <name>', 'look for this person in the directories')
    .option('--password-stdin', "the person's password is the first line of standard input")
    .option('--json', 'print one JSON object in place of lines')
    .addHelpText('after', examples)
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('../doctor.ts')
      await runDoctor(options)
    })
}
