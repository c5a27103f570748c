import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import {
  expectPassed,
  runCustomBackend,
  writeCustomBackend,
} from '../../support/custom-backend-page.ts'
import { type PayrollService, startPayroll } from '../../support/payroll-service.ts'
import { runPostern } from '../../support/run-postern.ts'
import { root } from '../../support/source-files.ts'

describe('docs/custom-backend.md', function () {
  this.timeout(30_000)
  const page = join(root, 'docs/custom-backend.md')
  let folder: string
  let payroll: PayrollService

  before(async () => {
    payroll = await startPayroll()
    folder = await mkdtemp(join(tmpdir(), 'postern-custom-'))
    await writeCustomBackend(page, folder)
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    // As the package does, with the source in place of what is built of it.
    const installed = join(folder, 'node_modules/postern')
    await mkdir(installed, { recursive: true })
    const manifest = { name: 'postern', type: 'module', exports: { './testing': './testing.js' } }
    await writeFile(join(installed, 'package.json'), JSON.stringify(manifest))
    const source = pathToFileURL(join(root, 'test/contracts/testing.ts')).href
    await writeFile(join(installed, 'testing.js'), `export * from '${source}'\n`)
  })
  after(async () => {
    await payroll[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('has an example that passes its test', async () => {
    expectPassed(await runCustomBackend(folder, payroll.url))
  })

  it('has a test that fails where the service is another', async () => {
    const failed = await runCustomBackend(folder, 'http://127.0.0.1:9/').catch(
      (error: unknown) => error,
    )
    expect(failed).to.have.property('stdout').that.contains('failing')
  })

  it('has settings that are right, but for a module that is not there', async () => {
    const [, realms = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? []
    const issuer = 'issuer: https://id.corp.example'
    const redis = 'redis: { url: "redis://127.0.0.1:6379" }'
    const text = ['name: staff-1', issuer, redis, realms].join('\n')
    await writeFile(join(folder, 'agent.yaml'), text)
    const problems = async () => {
      const { stdout } = await runPostern(['check', join(folder, 'agent.yaml')])
      return stdout
    }
    expect(await problems()).not.to.match(/backend|payroll/)
    await writeFile(join(folder, 'agent.yaml'), text.replace('payroll.js', 'pay.js'))
    expect(await problems()).to.match(/agent\.yaml:.*pay\.js cannot be loaded/)
  })
})
