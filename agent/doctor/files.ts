import { resolve } from 'node:path'
import { asFault } from '../../shared/fault.ts'
import { type Proxy } from '../../shared/proxy.ts'
import { readProxy } from '../../shared/proxy-settings.ts'
import { readAccess } from '../../shared/redis/access.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { printProblem } from '../../shared/settings/problem.ts'
import { checkSettings as checkSettingsFile } from '../../shared/settings.ts'
import { readIdentity, type StoredIdentity } from '../identity/stored-identity.ts'
import type { AgentSettings } from '../settings.ts'
import { agentSettings } from '../settings-schema.ts'
import { type Found, ok, problem } from './report.ts'

/** The settings file: the same as `postern check` says. */
export async function checkSettings(file: string): Promise<Found<AgentSettings>> {
  const { value, problems = [] } = await checkSettingsFile(file, agentSettings)
  if (value === undefined) {
    const advice = `mend the file; \`postern check ${file}\` shows what is still wrong`
    return { findings: problems.map((each) => problem(printProblem(each), advice)) }
  }
  const realms = value.realms.map(({ name }) => name).join(', ')
  return { value, findings: [ok(`the agent ${value.name} for ${realms}`, file)] }
}

/** What the files hold that settings name. */
export interface KeyFiles {
  readonly identity: StoredIdentity
  /** PEM of the authorities to trust for the issuer. */
  readonly issuerCa?: string
  readonly proxy?: Proxy
}

/** Reads each file as the agent does, which looks at who else could. */
export async function checkKeyFiles(
  settings: AgentSettings,
  folder: string,
): Promise<Found<KeyFiles>> {
  const { identityDirectory, issuerCaFile, redis, proxy: way } = settings
  const place = resolve(folder, identityDirectory)
  const read = await Promise.all([
    reading(place, () => readIdentity(place)),
    reading('issuerCaFile', async () => {
      return issuerCaFile && (await readCertificate(resolve(folder, issuerCaFile)))
    }),
    reading('proxy', () => readProxy(way, folder)),
    reading('redis', async () => redis && readAccess(redis, folder)),
  ])
  const [{ value: identity }, { value: issuerCa }, { value: proxy }] = read
  const other = identity && whyAnothers(settings, identity)
  const wrong = read.flatMap(({ finding }) => finding ?? [])
  if (other !== undefined) wrong.push(problem(other, enrolThis, place))
  if (wrong.length > 0 || identity === undefined) return { findings: wrong }
  const value = { identity, ...(issuerCa && { issuerCa }), ...(proxy && { proxy }) }
  return {
    value,
    findings: [ok('the key and what belongs to it are for their owner alone', place)],
  }
}

const enrolThis = 'take the settings or the identity that belong together, or enrol this agent'

function whyAnothers(
  { name, issuer }: AgentSettings,
  { certificate, issuer: theirs }: StoredIdentity,
): string | undefined {
  if (certificate.name !== name) {
    return `is the identity of ${certificate.name}, and the settings say ${name}`
  }
  return theirs === issuer ? undefined : `is good for ${theirs}, and the settings say ${issuer}`
}

async function reading<T>(about: string, read: () => Promise<T>) {
  try {
    return { value: await read() }
  } catch (error) {
    const { says, advice = present } = remedied(asFault(error).message)
    const own = `${about}: `
    return { finding: problem(says.startsWith(own) ? says.slice(own.length) : says, advice, about) }
  }
}

const present = 'put the file where the settings say, readable by the user the agent runs as'

/** What is wrong with a file and, where its reader has said it behind, what mends it. */
function remedied(message: string): { readonly says: string; readonly advice?: string } {
  const end = message.lastIndexOf('; ')
  if (end < 0) return { says: message }
  return { says: message.slice(0, end), advice: message.slice(end + 2) }
}
