import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect } from 'chai'
import {
  expectPassed,
  runCustomBackend,
  writeCustomBackend,
} from '../support/custom-backend-page.ts'
import { startPayroll } from '../support/payroll-service.ts'
import { root } from '../support/source-files.ts'

const execute = promisify(execFile)

// npm and the installed command are found as a person's shell finds them, with our Node first.
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH']].join(
    delimiter,
  ),
}

describe('the package, packed and installed elsewhere', () => {
  let folder: string
  let files: readonly string[]

  // A build, and a download of what is not in npm's cache.
  before(async function () {
    this.timeout(180_000)
    folder = await mkdtemp(join(tmpdir(), 'postern-package-'))
    const pack = ['pack', '--json', '--pack-destination', folder]
    const { stdout } = await execute('npm', pack, { cwd: root, env })
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as Packed[]
    if (!packed) throw new Error(`npm pack said: ${stdout}`)
    files = packed.files.map(({ path }) => path)
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', packed.filename]
    await execute('npm', install, { cwd: folder, env })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  interface Packed {
    readonly filename: string
    readonly files: readonly { readonly path: string }[]
  }

  const postern = (...parameters: string[]) =>
    execute(join(folder, 'node_modules/.bin/postern'), parameters, { cwd: folder, env })

  it('holds what it needs and nothing of how it is made', () => {
    expect(files).to.include.members([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'docs/apps.md',
      'docs/custom-backend.md',
      'deploy/systemd/postern-agent.service',
      'dist/cli/main.js',
      'dist/provider/main.d.ts',
      'dist/provider/passwords/banned.js',
      'dist/config/provider.example.yaml',
      'dist/config/schemas/provider.schema.json',
      'dist/config/local/users.yaml',
      'dist/browser/new-password.js',
    ])
    expect(files.filter((path) => /(?<!\.d)\.ts$|^(?:test|scripts)\//.test(path))).to.deep.equal([])
  })

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    expect((await postern('--version')).stdout.trim()).to.equal(version)
  })

  it('helps', async () => {
    const { stdout } = await postern('--help')
    for (const command of ['local', 'serve', 'agent', 'check', 'keys']) {
      expect(stdout).to.match(new RegExp(`^ +${command}\\b`, 'm'))
    }
  })

  it('checks settings files, and finds mistakes by line', async () => {
    const example = join(folder, 'node_modules/postern/dist/config/agent.example.yaml')
    const settings = join(folder, 'agent.yaml')
    await writeFile(
      settings,
      (await readFile(example, 'utf8')).replace('concurrency:', 'concurency:'),
    )
    const refusal = await postern('check', settings).catch((thrown: unknown) => thrown)
    expect(refusal).to.have.property('code', 1)
    expect((refusal as { stdout: string }).stdout).to.match(
      /agent\.yaml:\d+:1: concurency: is not a setting; did you mean "concurrency"\?/,
    )
  })

  it('has the suites for a backend of one’s own, and the types of that and of a signal of risk', async function () {
    this.timeout(60_000)
    await using payroll = await startPayroll()
    // The peers that a person installs beside it.
    await symlink(join(root, 'node_modules/chai'), join(folder, 'node_modules/chai'))
    await writeCustomBackend(join(folder, 'node_modules/postern/docs/custom-backend.md'), folder)
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    expectPassed(await runCustomBackend(folder, payroll.url))
    const typed = `import { type CreateBackend, openModule, passwordBackendContract } from 'postern/testing'
      export const createBackend: CreateBackend = () => ({
        verify: async ({ password }) => ({ outcome: { name: password === '' ? 'wrongPassword' : 'unknownUser' } }),
      })
      export const opened = openModule('./payroll.js', { folder: '.' })
      passwordBackendContract satisfies Function
      // @ts-expect-error: not in the list of outcomes.
      export const wrong: CreateBackend = () => ({ verify: async () => ({ outcome: { name: 'no' } }) })`
    await writeFile(join(folder, 'typed.ts'), typed)
    const risk = `import type { CreateRiskSignal } from 'postern/risk'
      export const createRiskSignal: CreateRiskSignal = (options, { folder }) => ({
        measure: ({ names, facts }) =>
          ({ user: names.map((name) => ({ points: facts['lockouts'] ?? 0, text: name + folder })) }),
      })
      // @ts-expect-error: points have a text.
      export const wrong: CreateRiskSignal = () => ({ measure: () => ({ signIn: [{ points: 1 }] }) })`
    await writeFile(join(folder, 'risk.ts'), risk)
    const options =
      '--noEmit --strict --skipLibCheck --module nodenext --target es2024 --types node'
    const types = join(root, 'node_modules/@types')
    const tsc = ['--lib', 'es2024,esnext.disposable', ...options.split(' '), '--typeRoots', types]
    const { stdout } = await execute('tsc', [...tsc, 'typed.ts', 'risk.ts'], { cwd: folder, env })
    expect(stdout).to.equal('')
  })

  it('runs local mode with its pages, people and apps', async function () {
    this.timeout(30_000)
    const child = spawn(
      join(folder, 'node_modules/.bin/postern'),
      ['local', '--port', '0', '--json'],
      { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    try {
      const { issuer, users } = JSON.parse(await firstLine(child)) as {
        issuer: string
        users: unknown[]
      }
      expect(users).not.to.deep.equal([])
      const found = await fetch(`${issuer}/.well-known/openid-configuration`)
      expect(await found.json()).to.have.property('issuer', issuer)
      const lost = await fetch(`${issuer}/no-such-page`, { headers: { accept: 'text/html' } })
      const page = await lost.text()
      const [, style = ''] = /<link[^>]+href="([^"]+\.css[^"]*)"/.exec(page) ?? []
      const sheet = await fetch(new URL(style, issuer))
      expect(sheet.headers.get('content-type')).to.contain('text/css')
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  })
})

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no output')
  const [line] = (await once(createInterface(stdout), 'line')) as [string]
  return line
}
