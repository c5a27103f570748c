import { z } from 'zod'
import { usersFile } from '../../agent/backends/file-users.ts'
import { agentSettings } from '../../agent/settings-schema.ts'
import { casesFile } from '../../provider/access/cases.ts'
import { locationsFile } from '../../provider/access/locations.ts'
import { policyFile } from '../../provider/access/policy-schema.ts'
import { clientFile } from '../../provider/oidc/clients/client-file.ts'
import { providerSettings } from '../../provider/settings-schema.ts'

/** Every kind of file that people write for Postern, and how it is checked. */
export const fileKinds: Readonly<Record<FileKind, z.ZodType>> = {
  provider: providerSettings,
  agent: agentSettings,
  client: clientFile,
  users: usersFile,
  policy: policyFile,
  locations: locationsFile,
  cases: casesFile,
}

export type FileKind = 'provider' | 'agent' | 'client' | 'users' | 'policy' | 'locations' | 'cases'
const fileKindNames: readonly FileKind[] = Object.keys(fileKinds) as FileKind[]

/**
 * Which kind a file is of: what its `$schema` line says, or else the kind that knows most of its
 * settings. So a file with misspelt settings, or with most of them missing, is still recognised.
 * @param names the settings at the top of the file
 * @returns `undefined` if no kind knows any, or two know the same number
 */
export function recognise(text: string, names: readonly string[]): FileKind | undefined {
  const stated = /^#\s*yaml-language-server:\s*\$schema=\S*?(\w+)\.schema\.json\s*$/m.exec(
    text,
  )?.[1]
  const byName = fileKindNames.find((kind) => kind === stated)
  if (byName !== undefined) return byName
  const scored = fileKindNames
    .map((kind) => ({ kind, known: names.filter((name) => settingsOf(kind).has(name)).length }))
    .toSorted((a, b) => b.known - a.known)
  const [best, second] = scored
  return best !== undefined && best.known > (second?.known ?? 0) ? best.kind : undefined
}

// Schemas with cross-checks have no `shape` of their own, but a JSON Schema has all names.
function settingsOf(kind: FileKind): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(fileKinds[kind], {
    io: 'input',
    unrepresentable: 'any',
  })
  return new Set(Object.keys(properties))
}
