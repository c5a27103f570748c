import { dirname } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { checkApproval, checkCertificate } from './certificate.ts'
import { checkClock } from './clock.ts'
import { checkDirectories, checkServiceAccounts } from './directories.ts'
import { checkKeyFiles, checkSettings } from './files.ts'
import { askProvider, checkDns, checkIssuer, checkProxy, checkTls } from './network.ts'
import { checkRedis, checkStreamRights } from './redis.ts'
import { createReport, type Finding } from './report.ts'
import { checkUser, type Person } from './user.ts'

/**
 * The doctor: looks at everything that an agent needs, in the order in which one thing rests on
 * another, and says of each what it means and what to do. It changes nothing, takes no question off
 * the agent's stream, and may be asked while the agent runs.
 *
 * - `report.ts` keeps the order: what rests on something that failed is not checked, and says so.
 * - The other files are the checks.
 */
export interface Examination {
  readonly clock: Clock
  /** Somebody to look for in the directories. */
  readonly person?: Person
  /** Told of each finding as soon as it is made. */
  readonly tell: (finding: Finding) => void
}

/** @param file the agent's settings */
export async function examine(
  file: string,
  { clock, person, tell }: Examination,
): Promise<readonly Finding[]> {
  const folder = dirname(file)
  const report = createReport(tell)
  const settings = await report.check('settings', {}, () => checkSettings(file))
  const base = { settings }
  const keyFiles = await report.check('keyFiles', base, ({ settings: said }) =>
    checkKeyFiles(said, folder),
  )
  // Asked once for all that rests on it, and told of where it belongs.
  const answer = settings && keyFiles && (await askProvider(settings, keyFiles))
  await report.check('clock', { settings, keyFiles }, () => checkClock(answer, clock))
  await report.check('dns', base, ({ settings: said }) => checkDns(said, keyFiles?.proxy))
  const proxy = await report.check('proxy', { settings, keyFiles }, (had) =>
    checkProxy(had.settings, had.keyFiles),
  )
  const tls = await report.check('tls', { settings, keyFiles, proxy }, (had) =>
    checkTls(had.settings, answer),
  )
  const issuer = await report.check('issuer', { settings, tls }, (had) =>
    checkIssuer(had.settings, answer),
  )
  const redis = await report.check('redis', { settings, keyFiles }, (had) =>
    checkRedis(had.settings, { folder, clock, proxy: had.keyFiles.proxy }),
  )
  await report.check('streamRights', { settings, redis }, async (had) => {
    await using client = had.redis
    return await checkStreamRights(had.settings.name, client)
  })
  const directory = await report.check('directory', base, ({ settings: said }) =>
    checkDirectories(said, { folder, clock }),
  )
  await using inspected = directory
  await report.check('serviceAccount', { directory: inspected }, (had) =>
    checkServiceAccounts(had.directory),
  )
  if (person !== undefined) {
    await report.check('user', { directory: inspected }, (had) => checkUser(had.directory, person))
  }
  await report.check('certificate', { keyFiles }, (had) =>
    checkCertificate(had.keyFiles.identity.certificate, clock),
  )
  await report.check('approval', { settings, keyFiles, issuer }, (had) =>
    checkApproval(had.settings, { ...had.keyFiles, clock }),
  )
  return report.findings()
}
