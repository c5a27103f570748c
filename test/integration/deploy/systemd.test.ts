import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runPostern } from '../../support/run-postern.ts'
import { root } from '../../support/source-files.ts'

const read = (name: string): string => readFileSync(join(root, 'deploy/systemd', name), 'utf8')

/** A unit's settings (systemd.syntax(7)): what is set several times has several values. */
function settingsIn(unit: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const part of unit.split(/^(?=\[)/m)) {
    const [first = '', ...lines] = part.split('\n').filter((line) => /^[^#]/.test(line))
    const section = first.replaceAll(/[[\]]/g, '')
    for (const line of lines) {
      const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
      if (key === undefined) throw new Error(`no setting: ${line}`)
      found.set(`${section}.${key}`, [...(found.get(`${section}.${key}`) ?? []), value])
    }
  }
  return found
}

const closed = {
  NoNewPrivileges: 'yes',
  CapabilityBoundingSet: '',
  AmbientCapabilities: '',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  ProtectProc: 'invisible',
  ProcSubset: 'pid',
  ProtectClock: 'yes',
  ProtectHostname: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectControlGroups: 'yes',
  PrivateUsers: 'yes',
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  PrivateIPC: 'yes',
  PrivateMounts: 'yes',
  DevicePolicy: 'closed',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  LockPersonality: 'yes',
  RemoveIPC: 'yes',
  SystemCallArchitectures: 'native',
  SystemCallErrorNumber: 'EPERM',
  SocketBindDeny: 'any',
  LimitCORE: '0',
  MemorySwapMax: '0',
  UMask: '0077',
}

// 2: wrong settings. 3: the provider has ended this agent for good.
for (const [name, listens, final] of [
  ['postern-agent', [], '2 3'],
  ['postern-provider', ['tcp:8080'], '2'],
] as const) {
  describe(`the unit ${name}.service`, () => {
    const settings = settingsIn(read(`${name}.service`))
    const of = (key: string) => settings.get(`Service.${key}`) ?? []

    it('is closed as far as it goes', () => {
      const said = Object.keys(closed).map((key) => [key, of(key).join(' then ')])
      expect(Object.fromEntries(said)).to.deep.equal(closed)
      expect(of('SystemCallFilter')).to.deep.equal(['@system-service', '~@privileged @resources'])
      expect(of('SocketBindAllow')).to.deep.equal(listens)
    })

    it('lets Node compile', () => {
      expect(of('MemoryDenyWriteExecute')).to.deep.equal([])
    })

    it('starts a command that there is, with a settings file in its own folder', async () => {
      const [program, ...parameters] = of('ExecStart')[0]?.split(' ') ?? []
      expect(program).to.equal('/usr/local/bin/postern')
      const at = parameters.indexOf('--config')
      expect(parameters[at + 1]).to.match(new RegExp(`^/var/lib/${name}/\\w+\\.yaml$`))
      const command = parameters.slice(0, at)
      const { code, stdout } = await runPostern([...command, '--help'])
      expect(code).to.equal(0)
      expect(stdout)
        .to.contain(`postern ${command.join(' ')}`)
        .and.to.contain('--config')
    })

    it('runs as a user that is made, in a folder that is made for it alone', () => {
      expect(of('User')).to.deep.equal([name])
      expect(of('StateDirectory')).to.deep.equal([name])
      expect(of('StateDirectoryMode')).to.deep.equal(['0700'])
      expect(read('postern.sysusers.conf')).to.match(
        new RegExp(`^u ${name} +- "[^"]+" +/var/lib/${name}$`, 'm'),
      )
      expect(read('postern.tmpfiles.conf')).to.match(
        new RegExp(`^d /var/lib/${name} +0700 ${name} +${name} +-$`, 'm'),
      )
    })

    it('gives what is in hand the time that it may take, and does not try again what will not be better', () => {
      const deadline = 8
      expect(Number(of('TimeoutStopSec')[0])).to.be.above(deadline)
      expect(of('Restart')).to.deep.equal(['always'])
      expect(of('RestartPreventExitStatus')).to.deep.equal([final])
      expect(settings.get('Unit.StartLimitIntervalSec')).to.deep.equal(['0'])
    })
  })
}
