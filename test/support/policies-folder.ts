import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of policies with an office, 192.0.2.0/24, beside it; empty at first. */
export interface PoliciesFolder extends AsyncDisposable {
  readonly path: string
  /** A policy about everybody and every app, enabled, unless it says otherwise. */
  write(name: string, policy: PolicyPart): Promise<void>
  /** A file as it stands, by its path from the folder. */
  writeText(file: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

export interface PolicyPart {
  readonly [field: string]: unknown
  readonly conditions?: object
}

export const office = '192.0.2.7'
export const outside = '203.0.113.7'

export async function createPoliciesFolder(): Promise<PoliciesFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-policies-'))
  const path = join(folder, 'policies')
  await mkdir(path)
  const writeText = (file: string, text: string) => writeFile(join(path, file), text)
  const locations = { office: { ipRanges: ['192.0.2.0/24'], isTrusted: true } }
  await writeText('../locations.yaml', JSON.stringify({ locations }))
  return {
    path,
    writeText,
    write: (name, { conditions, ...rest }) =>
      writeText(
        `${name}.yaml`,
        JSON.stringify({
          displayName: name,
          state: 'enabled',
          conditions: { ...everybody, ...conditions },
          ...rest,
        }),
      ),
    remove: (name) => unlink(join(path, `${name}.yaml`)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

const everybody = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
}

export const block: object = { builtInControls: ['block'] }
export const elsewhere: object = {
  locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
}
