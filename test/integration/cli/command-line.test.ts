import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { runPostern } from '../../support/run-postern.ts'

describe('postern', () => {
  it('says what it can do, with examples', async () => {
    const { code, stdout } = await runPostern(['--help'])
    expect(code).to.equal(0)
    for (const command of ['local', 'serve', 'agent', 'check', 'keys', 'policy']) {
      expect(stdout).to.match(new RegExp(`^  ${command} `, 'm'))
      expect(stdout).to.contain(`$ postern ${command}`)
    }
  })

  for (const command of [
    'local',
    'serve',
    'agent run',
    'check',
    'keys',
    'policy',
    'policy explain',
  ]) {
    it(`explains ${command}, with examples`, async () => {
      const { code, stdout } = await runPostern([...command.split(' '), '--help'])
      expect(code).to.equal(0)
      expect(stdout).to.contain(`Usage: postern ${command}`)
      expect(stdout).to.contain(`$ postern ${command}`)
    })
  }

  it('prints the version of its package', async () => {
    const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    for (const flag of ['--version', '-v']) {
      expect(await runPostern([flag])).to.deep.equal({
        code: 0,
        stdout: `${version}\n`,
        stderr: '',
      })
    }
  })

  const mistakes: readonly [mistake: string, args: string[], said: RegExp][] = [
    ['a command it does not know', ['serv'], /unknown command 'serv'\n\(Did you mean serve\?\)/],
    ['an option it does not know', ['local', '--prot', '1'], /unknown option '--prot'/],
    ['a file left out', ['serve'], /required option '-c, --config <file>' not specified/],
    ['a port that is none', ['local', '--port', '70000'], /from 0 to 65535/],
    ['an issuer that is none', ['local', '--issuer', 'http://id.example'], /--issuer must begin/],
    ['a Redis that is none', ['local', '--redis', 'localhost'], /--redis must be an address/],
    ['a kind of key it does not know', ['keys', 'create', 'tls', 'x'], /choices|Allowed/],
  ]
  for (const [mistake, args, said] of mistakes) {
    it(`answers ${mistake} on standard error, with exit code 2`, async () => {
      const { code, stdout, stderr } = await runPostern(args)
      expect(stderr)
        .to.match(said)
        .and.match(/^postern: /)
      expect(stderr).not.to.match(/^\s+at /m)
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
    })
  }

  it('shows help to whoever asks for nothing', async () => {
    const { code, stderr } = await runPostern([])
    expect(code).to.equal(2)
    expect(stderr).to.contain('Usage: postern')
  })

  it('shows the whole error with --debug', async () => {
    const plain = await runPostern(['serve', '--config', 'nowhere.yaml'])
    expect(plain.stderr).to.equal('postern: nowhere.yaml: there is no such file\n')
    const { code, stderr } = await runPostern(['--debug', 'serve', '--config', 'nowhere.yaml'])
    expect(code).to.equal(2)
    expect(stderr).to.match(/^\s+at /m)
  })
})
