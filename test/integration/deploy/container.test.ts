import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { runPostern } from '../../support/run-postern.ts'
import { root } from '../../support/source-files.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Instruction {
  readonly name: string
  readonly text: string
}

/** The instructions of each stage. */
function stagesIn(text: string): readonly (readonly Instruction[])[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
  const stages: Instruction[][] = []
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    if (name === '') throw new Error(`no instruction: ${line}`)
    if (name === 'FROM') stages.push([])
    stages.at(-1)?.push({ name, text: rest.replaceAll(/\s+/g, ' ') })
  }
  return stages
}

describe('the container file', () => {
  const stages = stagesIn(read('deploy/container/Containerfile'))
  const [build = [], final = []] = stages
  const of = (stage: readonly Instruction[], name: string) =>
    stage.filter((each) => each.name === name).map(({ text }) => text)
  const manifest = JSON.parse(read('package.json')) as {
    bin: { postern: string }
    engines: { node: string }
  }

  it('builds in one stage what another one runs, on the Node that is asked for', () => {
    expect(stages).to.have.length(2)
    const [, major] = /^>=(\d+)\./.exec(manifest.engines.node) ?? []
    for (const stage of stages) expect(of(stage, 'FROM')[0]).to.match(new RegExp(`^node:${major}-`))
  })

  it('has no package manager left, and installs nothing in what runs', () => {
    const [run = '', ...more] = of(final, 'RUN')
    expect(more).to.deep.equal([])
    expect(run.startsWith('rm -rf ')).to.equal(true)
    for (const tool of ['lib/node_modules', 'bin/npm', 'bin/npx', 'bin/corepack']) {
      expect(run.split(' ')).to.include(`/usr/local/${tool}`)
    }
    expect(of(build, 'RUN').at(-1)).to.match(/&& npm ci --omit=dev$/)
  })

  it('does not run as root, nor with files that who runs could change', () => {
    expect(of(final, 'USER')).to.deep.equal(['10001:10001'])
    expect(of(final, 'COPY').filter((text) => text.includes('--chown'))).to.deep.equal([])
    const afterUser = final.slice(final.findIndex(({ name }) => name === 'USER') + 1)
    expect(afterUser.map(({ name }) => name)).not.to.include.members(['RUN', 'COPY', 'ADD'])
  })

  it('starts the command of the package, from where it was copied to', () => {
    const folder = '/usr/local/lib/postern'
    expect(JSON.parse(of(final, 'ENTRYPOINT')[0] ?? '')).to.deep.equal([
      'node',
      `${folder}/${manifest.bin.postern}`,
    ])
    const copied = of(final, 'COPY').flatMap((text) => text.split(' ').slice(1, -1))
    const made = ['/build/dist', '/build/node_modules']
    expect(copied).to.include.members([...made, '/build/package.json'])
    const given = copied.filter((path) => !made.includes(path))
    expect(given.filter((path) => !existsSync(join(root, path.replace('/build/', ''))))).to.eql([])
  })

  it('takes into the build what there is, and no keys', () => {
    const ignored = read('deploy/container/Containerfile.dockerignore').split('\n')
    const taken = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    expect(ignored).to.include.members(['*', '**/*.pem', '**/*.key'])
    expect(taken.filter((path) => !existsSync(join(root, path)))).to.deep.equal([])
    const folders = ['browser', 'provider', 'agent', 'shared', 'cli', 'config', 'scripts']
    expect(taken).to.include.members(folders)
  })

  it('has a service for an agent that opens no port and can write to its folder alone', async () => {
    const { services } = parse(read('deploy/container/agent.compose.yaml')) as {
      services: Record<string, Record<string, unknown> & { command: string[] }>
    }
    const agent = services['agent']
    expect(agent).to.include({ read_only: true, user: '10001:10001' })
    expect(agent).to.deep.include({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['./agent:/var/lib/postern'],
    })
    expect(agent).not.to.have.any.keys('ports', 'network_mode', 'privileged')
    const command = agent?.command ?? []
    expect(command.at(-1)).to.equal('/var/lib/postern/agent.yaml')
    const { code, stdout } = await runPostern([...command.slice(0, -2), '--help'])
    expect(code).to.equal(0)
    expect(stdout).to.contain('--config')
  })
})
