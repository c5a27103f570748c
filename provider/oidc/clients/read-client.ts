import type { ClientMetadata } from 'oidc-provider'
import type { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { type CrossCheck, withCrossChecks } from '../../../shared/settings/cross-check.ts'
import { environmentVariable } from '../../../shared/settings/environment.ts'
import type { SettingsProblem } from '../../../shared/settings/problem.ts'
import { readSecretFile } from '../../../shared/settings/secret-file.ts'
import { checkSettings, resolveBeside } from '../../../shared/settings.ts'
import { clientFile } from './client-file.ts'
import { clientMetadata } from './client-metadata.ts'
import type { ClientFile } from './client-settings.ts'

/** What the library itself says about a client. Throws what it throws. */
export type ClientTrial = (metadata: ClientMetadata) => void

export type ReadClient =
  | { readonly file: string; readonly client: ClientMetadata; readonly problems?: never }
  | {
      readonly file: string
      readonly problems: readonly SettingsProblem[]
      readonly client?: never
    }

/** The schema of client files with what this provider knows on top. */
export function clientSchema(
  trial: ClientTrial,
  checks: readonly CrossCheck<ClientFile>[],
): z.ZodType<ClientFile> {
  return withCrossChecks(withTrial(clientFile, trial), checks)
}

export async function readClient(file: string, schema: z.ZodType<ClientFile>): Promise<ReadClient> {
  const checked = await checkSettings(file, schema)
  if (checked.problems) return { file, problems: checked.problems }
  try {
    return { file, client: clientMetadata(checked.value, await secretOf(file, checked.value)) }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const problem = { file, line: 0, column: 0, path: '', message: thrown.message }
    return { file, problems: [problem] }
  }
}

// Only here is the file compared with what the library would accept, so that a client which would
// be refused at its first use is refused when it is written. Its words often begin with the name
// of the setting that is wrong.
function withTrial(schema: z.ZodType<ClientFile>, trial: ClientTrial): z.ZodType<ClientFile> {
  return schema.superRefine((file, context) => {
    try {
      trial(clientMetadata(file, hasSecret(file) ? 'stands elsewhere' : undefined))
    } catch (thrown) {
      const message = description(thrown)
      const [name = ''] = message.split(' ', 1)
      context.addIssue({ code: 'custom', path: name in file ? [name] : [], message })
    }
  })
}

function description(thrown: unknown): string {
  if (!(thrown instanceof Error)) throw thrown
  const { error_description: text } = thrown as { error_description?: unknown }
  return typeof text === 'string' ? text : thrown.message
}

function hasSecret(file: ClientFile): boolean {
  return file.client_secret_file !== undefined || file.client_secret_env !== undefined
}

async function secretOf(file: string, client: ClientFile): Promise<string | undefined> {
  if (client.client_secret_file !== undefined) {
    return readSecretFile(resolveBeside(file, client.client_secret_file))
  }
  if (client.client_secret_env === undefined) return undefined
  const secret = environmentVariable(client.client_secret_env)
  if (secret !== undefined) return secret
  const message = `client_secret_env: there is no environment variable ${client.client_secret_env}`
  throw new Fault('settings', message)
}
