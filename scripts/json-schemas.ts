import { z } from 'zod'
import { usersFile } from '../agent/backends/file-users.ts'
import { agentSettings } from '../agent/settings-schema.ts'
import { casesFile } from '../provider/access/cases.ts'
import { locationsFile } from '../provider/access/locations.ts'
import { policyFile } from '../provider/access/policy-schema.ts'
import { clientFile } from '../provider/oidc/clients/client-file.ts'
import { providerSettings } from '../provider/settings-schema.ts'

/** A settings file that people write, with what checks it. */
export interface SettingsFile {
  readonly name: string
  readonly title: string
  readonly schema: z.ZodType
  /** The page that lists its settings. */
  readonly page: 'settings' | 'policies'
}

export const settingsFiles: readonly SettingsFile[] = [
  {
    name: 'provider',
    title: 'Settings of the provider',
    schema: providerSettings,
    page: 'settings',
  },
  { name: 'agent', title: 'Settings of an agent', schema: agentSettings, page: 'settings' },
  {
    name: 'client',
    title: 'An app: one file in the clients folder',
    schema: clientFile,
    page: 'settings',
  },
  { name: 'users', title: 'People of a file backend', schema: usersFile, page: 'settings' },
  {
    name: 'policy',
    title: 'A policy: one file in the policies folder',
    schema: policyFile,
    page: 'policies',
  },
  { name: 'locations', title: 'Named locations', schema: locationsFile, page: 'policies' },
  { name: 'cases', title: 'Cases of a policy', schema: casesFile, page: 'policies' },
]

/** The part of JSON Schema that our settings come out as. */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | false
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
}

/** What a person writes (before defaults), for editors. Draft 7 is what all of them understand. */
export function jsonSchema({ title, schema }: SettingsFile): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema: part }) => {
      if (part.multipleOf === 1) {
        delete part.multipleOf
        part.type = 'integer'
      }
    },
  })
  return { title, ...made } as JsonSchema
}
