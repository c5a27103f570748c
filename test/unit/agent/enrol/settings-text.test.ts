import { expect } from 'chai'
import { missingOptions, settingsText, statedIn } from '../../../../agent/enrol/settings-text.ts'
import { agentSettings } from '../../../../agent/settings-schema.ts'
import { checkSettingsText } from '../../../../shared/settings.ts'

const facts = {
  name: 'corp-1',
  issuer: 'https://id.corp.example',
  identityDirectory: 'identity',
  realms: ['corp'],
  redis: {
    url: 'rediss://redis.corp.example:6379',
    keyPrefix: 'postern:',
    username: 'agent-corp-1',
    password: 'not in the file',
    ca: 'PEM',
  },
}

const directory = {
  ldapUrl: ['ldaps://dc1.corp.example', 'ldaps://dc2.corp.example'],
  baseDn: 'dc=corp,dc=example',
  bindDn: 'cn=postern,dc=corp,dc=example',
  bindPasswordFile: '/etc/postern/ldap.password',
  caFile: '/etc/ssl/corp-ca.pem',
}

const written = `# yaml-language-server: $schema=agent.schema.json
# Ask Ann before you change this.
realms:
  - name: corp # the people of Corp
    suffixes: [corp.example]
    backend:
      type: ldap
      urls: [ldaps://dc1.corp.example]
      bindDn: cn=postern,dc=corp,dc=example
      bindPasswordFile: ldap.password
      baseDn: dc=corp,dc=example

# as many as the directory can take
concurrency: 16
redis:
  caFile: own-ca.pem # ours
  passwordEnv: GONE
  cluster: [rediss://old.corp.example]
`

const check = (text: string) => checkSettingsText('/etc/postern/agent.yaml', text, agentSettings)

describe('the settings that an enrolment leaves behind', () => {
  it('are ready to run, made of the options alone', () => {
    const text = settingsText('/etc/postern/agent.yaml', undefined, facts, directory)
    expect(text).not.to.contain('not in the file')
    const { value, problems } = check(text)
    expect(problems).to.equal(undefined)
    expect(value).to.deep.include({
      name: 'corp-1',
      issuer: 'https://id.corp.example',
      redis: {
        url: 'rediss://redis.corp.example:6379',
        username: 'agent-corp-1',
        passwordFile: 'identity/redis.password',
        caFile: 'identity/redis-ca.pem',
        keyPrefix: 'postern:',
      },
    })
    expect(value?.realms).to.have.length(1)
    expect(value?.realms[0]?.backend).to.deep.include({
      urls: directory.ldapUrl,
      caFile: '/etc/ssl/corp-ca.pem',
      bindPasswordFile: 'ldap.password',
      baseDn: 'dc=corp,dc=example',
    })
  })

  it('keep what somebody has written, with its comments and in its order', () => {
    const text = settingsText('/etc/postern/agent.yaml', written, facts, {})
    expect(check(text).problems).to.equal(undefined)
    const kept = written
      .split('\n')
      .filter((line) => line !== '' && !/passwordEnv|cluster/.test(line))
    const places = kept.map((line) => text.indexOf(line))
    expect(places).not.to.include(-1)
    expect(places.toSorted((a, b) => a - b)).to.deep.equal(places)
  })

  it('put the Redis of the provider in the place of another one', () => {
    const { value } = check(settingsText('/etc/postern/agent.yaml', written, facts, {}))
    expect(value?.redis).to.deep.equal({
      url: 'rediss://redis.corp.example:6379',
      username: 'agent-corp-1',
      passwordFile: 'identity/redis.password',
      caFile: 'own-ca.pem',
      keyPrefix: 'postern:',
    })
  })

  it('are the same when the agent is enrolled a second time', () => {
    const once = settingsText('/etc/postern/agent.yaml', written, facts, {})
    expect(settingsText('/etc/postern/agent.yaml', once, facts, {})).to.equal(once)
  })

  it('name the options that are still missing', () => {
    expect(missingOptions(directory)).to.deep.equal([])
    expect(missingOptions({ baseDn: 'dc=x' })).to.deep.equal([
      '--ldap-url',
      '--bind-dn',
      '--bind-password-file',
    ])
  })

  it('tell of what is there whether it has realms', () => {
    expect(statedIn(written)).to.deep.equal({ hasRealms: true })
    expect(statedIn('identityDirectory: /var/lib/postern # mine')).to.deep.equal({
      hasRealms: false,
      identityDirectory: '/var/lib/postern',
    })
    expect(statedIn('')).to.deep.equal({ hasRealms: false })
  })
})
