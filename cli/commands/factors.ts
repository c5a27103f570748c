import { Command } from 'commander'
import type { FactorView } from '../../provider/mfa/second-factors.ts'
import { Fault } from '../../shared/fault.ts'
import { columns } from '../columns.ts'
import type { FactorsConsole } from '../factors-console.ts'
import { utcTime } from '../utc-time.ts'

const examples = `
Examples:
  $ postern factors list ada@corp.example --config provider.yaml
  $ postern factors pass ada@corp.example --config provider.yaml    a pass for one sign-in, good for an hour
  $ postern factors pass ada@corp.example --minutes 1440 --several --config provider.yaml
  $ postern factors reset ada@corp.example --config provider.yaml   all are lost: she enrols anew

USER is the user name as the person types it, or REALM:ID with the directory's own id of the account.
They run where the provider's settings and keys are. Every one takes --json.
`

/** `postern factors`: an admin, for somebody who has lost a factor or has none yet. */
export function factorsCommand(): Command {
  return new Command('factors')
    .description('people’s second factors: list, reset, temporary access passes')
    .addHelpText('after', examples)
    .addCommand(listCommand())
    .addCommand(resetCommand())
    .addCommand(passCommand())
}

interface Flags {
  readonly config: string
  readonly json?: true
}

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<user>', 'user name as the person types it, or REALM:ID')
    .requiredOption('-c, --config <file>', "the provider's settings")
    .option('--json', 'print one JSON object')
}

async function run<T extends object>(
  user: string,
  { config, json }: Flags,
  use: (console: FactorsConsole) => Promise<T>,
  text: (result: T) => string,
): Promise<void> {
  const { withFactors } = await import('../factors-console.ts')
  const result = await withFactors({ config, user }, use)
  console.log(json ? JSON.stringify(result) : text(result))
}

function listCommand(): Command {
  return command('list', 'show what a person has registered').action(
    async (user: string, flags: Flags) => {
      await run(user, flags, list, ({ sub, factors }) => listText(sub, factors))
    },
  )
}

async function list({ person, factors }: FactorsConsole) {
  return { sub: person.sub, factors: await factors.of(person.sub) }
}

function listText(sub: string, factors: readonly FactorView[]): string {
  if (factors.length === 0) return `${sub} has no second factor.`
  const rows = factors.map((factor) => [
    factor.method,
    factor.name,
    `since ${utcTime(factor.createdAt)}`,
    factor.lastUsedAt === undefined ? 'never used' : `last used ${utcTime(factor.lastUsedAt)}`,
    restOf(factor),
  ])
  return `${sub}\n${columns(rows)}`
}

function restOf({ left, ends }: FactorView): string {
  if (left !== undefined) return `${left} left`
  return ends === undefined ? '' : `until ${utcTime(ends)}`
}

function resetCommand(): Command {
  return command('reset', 'remove all that a person has registered, and what was guessed').action(
    async (user: string, flags: Flags) => {
      await run(user, flags, reset, ({ sub, removed }) => `${sub}: ${removed} removed.`)
    },
  )
}

interface PassFlags extends Flags {
  readonly minutes: string
  readonly several?: true
}

async function reset({ person, factors }: FactorsConsole) {
  return { sub: person.sub, removed: await factors.reset(person.sub) }
}

function passCommand(): Command {
  return command('pass', 'make a temporary access pass, in place of one that there is')
    .option('--minutes <number>', 'how long it is good for, 10 to 43200', '60')
    .option('--several', 'good as often as needed until then; once unless given')
    .action(async (user: string, flags: PassFlags) => {
      const pass = { lifetime: Number(flags.minutes), isOnce: flags.several !== true }
      const issue = async ({ person, factors }: FactorsConsole) => {
        const issued = await factors.issuePass(person, pass)
        if ('refused' in issued) {
          throw new Fault('settings', '--minutes must be a whole number from 10 to 43200')
        }
        const { factor, shownOnce } = issued.enrolled
        return { sub: person.sub, pass: shownOnce[0] ?? '', ends: factor.ends ?? 0, ...pass }
      }
      await run(user, flags, issue, ({ sub, pass: code, ends, isOnce }) => {
        const uses = isOnce ? 'Good once' : 'Good as often as needed'
        return `${code}\n\n${uses}, until ${utcTime(ends)}, for ${sub}. It is not shown again.`
      })
    })
}
