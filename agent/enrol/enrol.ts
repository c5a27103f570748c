import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import type { AgentState, EnrolmentAnswer, EnrolmentRefusal } from '../../shared/enrolment.ts'
import { Fault } from '../../shared/fault.ts'
import { readProxy } from '../../shared/proxy-settings.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { whyNotIssuer } from '../../shared/settings/issuer.ts'
import { SettingsFault } from '../../shared/settings/problem.ts'
import { replaceFile } from '../../shared/settings/replace-file.ts'
import { readYaml } from '../../shared/settings/yaml-document.ts'
import { checkSettingsText } from '../../shared/settings.ts'
import { hasIdentity } from '../identity/identity-folder.ts'
import { createProviderClient } from '../identity/provider-client.ts'
import { createSigningRequest } from '../identity/signing-request.ts'
import { takeAnswer } from '../identity/take-answer.ts'
import { agentSettings } from '../settings-schema.ts'
import { refuseReadOnly, textOf } from './settings-file.ts'
import { type DirectoryOptions, missingOptions, settingsText, statedIn } from './settings-text.ts'

/**
 * This folder makes an agent of a host that has been invited: it gets an identity from the provider
 * and writes the settings that go with it. Everything that can be found wrong before is said before,
 * since a code is good for one enrolment.
 */
export interface EnrolOptions extends DirectoryOptions {
  readonly issuer: string
  readonly code: string
  /** The settings file, there or not. */
  readonly config: string
  /** Relative to the settings file. */
  readonly identityDirectory?: string
  readonly issuerCaFile?: string
  /** Takes the place of an identity that is there. */
  readonly force?: boolean
}

export interface Enrolled {
  readonly agent: string
  readonly state: AgentState
  readonly realms: readonly string[]
  /** Of the agent's key, for the admin to compare. */
  readonly fingerprint: string
  readonly config: string
  /** Realms that the settings serve and the provider has not invited it for, or the reverse. */
  readonly realmsDiffer: readonly string[]
}

/**
 * @throws Fault `settings` for what is to be put right here, `notOurs` if the code is not good,
 *   `webDown` also if the provider says that it cannot now, `proxy`, `badMessage` and `forgedMessage` as the provider's client does
 */
export async function enrol(options: EnrolOptions, parts: { clock: Clock }): Promise<Enrolled> {
  const plan = await prepare(options)
  const { issuer, identityFolder } = plan
  const client = createProviderClient({ ...plan, ...parts })
  const request = await createSigningRequest()
  const said = await client.enrol(options.code, request, hostname())
  if (said.kind === 'refusal') throw refused(said)
  const { answer } = said
  await takeAnswer(identityFolder, issuer, answer, request)
  const text = plan.text(answer)
  await replaceFile(options.config, text)
  const { agent, state, realms, fingerprint } = answer
  const realmsDiffer = differing(options.config, text, realms)
  return { agent, state, realms, fingerprint, config: options.config, realmsDiffer }
}

// Only some of it is about the code; the rest may be over in a moment.
function refused({ error, message }: EnrolmentRefusal): Fault {
  const kind = error === 'unavailable' || error === 'tooMany' ? 'webDown' : 'notOurs'
  return new Fault(kind, `the provider refuses: ${message}`)
}

interface Plan {
  readonly issuer: string
  readonly ca: string | undefined
  readonly proxy: Awaited<ReturnType<typeof readProxy>>
  readonly identityFolder: string
  /** Of the settings file. */
  text(answer: Pick<EnrolmentAnswer, 'agent' | 'realms' | 'redis'>): string
}

async function prepare(options: EnrolOptions): Promise<Plan> {
  const { config: file, issuer, issuerCaFile, force = false } = options
  const why = whyNotIssuer(issuer)
  if (why !== undefined) throw new Fault('settings', `--issuer ${why}`)
  const { before, stated } = await readBefore(file)
  if (!stated.hasRealms) refuseMissing(file, options)
  const identityDirectory = options.identityDirectory ?? stated.identityDirectory ?? 'identity'
  const facts = { issuer, identityDirectory, ...(issuerCaFile !== undefined && { issuerCaFile }) }
  const text: Plan['text'] = ({ agent, realms, redis }) =>
    settingsText(file, before, { name: agent, realms, ...facts, ...(redis && { redis }) }, options)
  await refuseReadOnly(dirname(resolve(file)))
  const identityFolder = resolve(dirname(file), identityDirectory)
  if (!force && (await hasIdentity(identityFolder))) {
    const what = `${identityFolder}: holds an identity already`
    throw new Fault('settings', `${what}; --force replaces it, and that agent ends`)
  }
  return { issuer, identityFolder, text, ...(await waysOut(file, text)) }
}

async function readBefore(file: string) {
  const before = await textOf(file)
  const { problems } = readYaml(file, before ?? '')
  if (problems.length > 0) throw new SettingsFault(problems)
  return { before, stated: statedIn(before ?? '') }
}

/** What is needed to ask the provider, from the settings as they will be. */
async function waysOut(file: string, text: Plan['text']): Promise<Pick<Plan, 'ca' | 'proxy'>> {
  // What will be wrong with them is wrong already.
  const redis = { url: 'rediss://127.0.0.1', keyPrefix: 'postern:' }
  const assumed = text({ agent: 'agent', realms: ['realm'], redis })
  const { value, problems } = checkSettingsText(file, assumed, agentSettings)
  if (problems) throw new SettingsFault(problems)
  const { issuerCaFile: ca, proxy } = value
  const folder = dirname(file)
  return {
    ca: ca === undefined ? undefined : await readCertificate(resolve(folder, ca)),
    proxy: await readProxy(proxy, folder),
  }
}

function refuseMissing(file: string, options: EnrolOptions): void {
  const missing = missingOptions(options)
  if (missing.length === 0) return
  const ways = `give ${missing.join(', ')}, or write the realms and their backends into ${file}`
  throw new Fault('settings', `which directory is this agent to ask? ${ways} first`)
}

function differing(file: string, text: string, invited: readonly string[]): string[] {
  const { value } = checkSettingsText(file, text, agentSettings)
  const served = value?.realms.map(({ name }) => name) ?? []
  return [
    ...invited.filter((name) => !served.includes(name)),
    ...served.filter((name) => !invited.includes(name)),
  ]
}
