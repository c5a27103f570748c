import { Command, Option } from 'commander'
import {
  clientAppTypes,
  platforms,
  riskLevels,
  transferMethods,
  userActions,
} from '../../provider/access/policy.ts'
import type { ReportOptions } from '../policy/report.ts'

const examples = `
Examples:
  $ postern policy check policies/
  $ postern policy check policies/ --config provider.yaml
  $ postern policy explain policies/ --user ada@corp.example --group staff --app shop --ip 203.0.113.7
  $ postern policy import export.json --into policies/  policies and locations of Microsoft Graph
  $ postern policy test policies/                       for CI: exit code 1 if a case fails
  $ postern policy report --since 7d --config provider.yaml  whom report-only policies would have stopped

A folder has one YAML file for each policy; locations.yaml stands beside the folder, and the cases of
a policy in <name>.cases.yaml beside it. A provider acts by the folder that
policiesDirectory in provider.yaml names.
`

/** `postern policy`: conditional-access policies before they act, and what they did. */
export function policyCommand(): Command {
  return new Command('policy')
    .description('check, explain, test, import and watch policies of conditional access')
    .addHelpText('after', examples)
    .addCommand(checkCommand())
    .addCommand(explainCommand())
    .addCommand(testCommand())
    .addCommand(importCommand())
    .addCommand(reportCommand())
}

function checkCommand(): Command {
  return withFolder(
    'check',
    'list every mistake in a folder of policies, and what is hardly meant',
  ).action(async (folder: string, flags: { json?: true; config?: string }) => {
    const { checkPolicies } = await import('../policy/check.ts')
    await checkPolicies(folder, flags)
  })
}

function testCommand(): Command {
  return withFolder('test', 'run the cases of all policies, and say which no case touches').action(
    async (folder: string, flags: { json?: true; config?: string }) => {
      const { testCases } = await import('../policy/test-cases.ts')
      await testCases(folder, flags)
    },
  )
}

function importCommand(): Command {
  return new Command('import')
    .description(
      'make files of what Microsoft Graph exports, and list what could not be carried over',
    )
    .argument(
      '<files...>',
      'JSON: conditionalAccess/policies, and conditionalAccess/namedLocations',
    )
    .requiredOption('--into <folder>', 'where to write; nothing there is written over')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async (files: string[], { into, json }: { into: string; json?: true }) => {
      const { importPolicies } = await import('../policy/import.ts')
      await importPolicies(files, into, json === true)
    })
}

const reportNotes = `
Run it where the provider's settings and its data key are. It reads what the provider's processes keep in Redis for
signInRecords.keepDays. Local mode has no policies, and keeps its sign-ins in the memory of its own process.
`

function reportCommand(): Command {
  return new Command('report')
    .description('say what policies did with sign-ins, and what report-only ones would have done')
    .requiredOption('-c, --config <file>', "the provider's settings")
    .option('--since <moment>', 'as 24h, 7d, 2026-12-31 or 2026-12-31T18:00:00+01:00', '7d')
    .option('--until <moment>', 'the same (default: now)')
    .option('--policy <name>', 'this one alone')
    .option('--json', 'print one JSON object')
    .addHelpText('after', reportNotes)
    .action(async (options: ReportOptions) => {
      const { reportPolicies } = await import('../policy/report.ts')
      await reportPolicies(options)
    })
}

function withFolder(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('[folder]', 'the policies', 'policies')
    .option(
      '-c, --config <file>',
      "the provider's settings, for its terms of use, strengths and break-glass accounts",
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
}

interface ExplainFlags {
  readonly group?: readonly string[]
  readonly role?: readonly string[]
  readonly context?: readonly string[]
  readonly action?: string
  readonly flow?: string
  readonly json?: true
  readonly config?: string
  readonly [option: string]: unknown
}

function explainCommand(): Command {
  return withFolder(
    'explain',
    'say what policies would do with a sign-in, and why; what is left out is unknown',
  )
    .option('--user <name>', 'who signs in, as ada@corp.example')
    .option('--sub <sub>', 'the same person, as tokens call them')
    .option('--group <names...>', 'all groups of the person')
    .option('--no-groups', 'the person is in no group')
    .option('--role <names...>', 'all roles of the person')
    .option('--no-roles', 'the person has no role')
    .option('--app <client_id>', 'the app')
    .option('--context <names...>', 'authentication contexts that the app asks for (default: none)')
    .addOption(
      new Option('--action <name>', 'what the person does, in place of --app').choices(userActions),
    )
    .addOption(
      new Option('--client-app-type <type>', 'how the app reaches us')
        .choices(clientAppTypes)
        .default('browser'),
    )
    .option('--ip <address>', 'the address that the person comes from')
    .option('--country <code>', 'its country, as DE, instead of looking it up')
    .addOption(new Option('--platform <name>', 'what the person sits at').choices(platforms))
    .addOption(
      new Option('--sign-in-risk <level>', 'how unusual the sign-in is').choices(riskLevels),
    )
    .addOption(
      new Option('--user-risk <level>', 'how likely the password is stolen').choices(riskLevels),
    )
    .addOption(
      new Option('--flow <name>', 'how it came about')
        .choices([...transferMethods, 'none'])
        .default('none'),
    )
    .addOption(
      new Option(
        '--risk <facts...>',
        'what both risks are measured by, as unknownDevice lockouts=3',
      ).conflicts(['signInRisk', 'userRisk']),
    )
    .option('--at <moment>', 'when, as 2026-12-31T18:00:00+01:00 (default: now)')
    .action(async (folder: string, flags: ExplainFlags) => {
      const { explainSignIn } = await import('../policy/explain.ts')
      const { json = false, config, ...options } = flags
      await explainSignIn(folder, signInOf(options), {
        json,
        ...(config !== undefined && { config }),
      })
    })
}

/** The options by the names that a file of cases has for them. */
function signInOf({
  group,
  role,
  groups,
  roles,
  context,
  action,
  flow,
  ...same
}: ExplainFlags): Record<string, unknown> {
  const named = {
    ...same,
    groups: group ?? (groups === false ? [] : undefined),
    roles: role ?? (roles === false ? [] : undefined),
    authenticationContexts: context,
    userAction: action,
    authenticationFlow: flow,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}
