import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'

/** The policies and settings of `docs/factors.md`, checked as they stand there. */
const page = readFileSync(new URL('../../../docs/factors.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)
const policies = blocks.flatMap((text) => {
  const [, name] = /^# (policies\/\S+\.yaml)\n/.exec(text) ?? []
  return name === undefined ? [] : [{ name, text }]
})
const parsed = blocks.map((text) => parse(text) as object)
/** A whole one, or the part of one that the page is about. */
const isOfPolicy = (block: object) => 'grantControls' in block || 'sessionControls' in block

describe('docs/factors.md', () => {
  let folder: SettingsFolder
  before(async () => {
    const settings = parsed.filter((block) => !isOfPolicy(block))
    const provider: unknown = Object.assign({}, ...settings)
    folder = await createSettingsFolder({ provider: provider as Record<string, unknown> })
    await mkdir(join(folder.path, 'policies'))
    for (const { name, text } of policies) await folder.write(name, text)
    const [whole, ...parts] = parsed.filter(isOfPolicy)
    for (const [at, part] of parts.filter((one) => !('displayName' in one)).entries()) {
      await folder.write(`policies/part-${at}.yaml`, JSON.stringify({ ...whole, ...part }))
    }
    const office = { ipRanges: ['192.0.2.0/24'], isTrusted: true }
    await folder.write('locations.yaml', JSON.stringify({ locations: { office } }))
  })
  after(() => folder[Symbol.asyncDispose]())

  const run = (...args: string[]) => runPostern(args, { cwd: folder.path })

  it('has policies without mistakes', async () => {
    const { stdout } = await run('policy', 'check', 'policies')
    const all = parsed.filter(isOfPolicy).length
    expect(all).to.be.above(policies.length)
    expect(stdout).to.match(new RegExp(`^${all} good policies, 0 mistakes`))
  }).timeout(10_000)

  it('has settings without mistakes', async () => {
    const { stdout } = await run('check', 'provider.yaml')
    expect(stdout).to.equal('provider.yaml: provider, no mistakes\n')
  }).timeout(10_000)
})
