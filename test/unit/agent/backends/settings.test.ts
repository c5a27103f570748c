import { expect } from 'chai'
import { z } from 'zod'
import { backendSettings } from '../../../../agent/backends/settings.ts'
import { checkSettingsText } from '../../../../shared/settings.ts'

describe('backend settings', () => {
  const least = {
    type: 'ldap',
    urls: ['ldaps://dc1.corp.example'],
    bindDn: 'cn=reader,dc=corp',
    bindPasswordFile: 'reader.password',
    baseDn: 'ou=people,dc=corp',
  }
  const problems = (more: Record<string, unknown>) =>
    (
      checkSettingsText('b.yaml', JSON.stringify({ ...least, ...more }), backendSettings)
        .problems ?? []
    ).map(({ path, message }) => `${path}: ${message}`)

  it('has a default for all that need not be said about an LDAP directory', () => {
    expect(backendSettings.parse(least)).to.deep.equal({
      ...least,
      startTls: false,
      insecure: false,
      scope: 'sub',
      preset: 'openldap',
      groups: { deepest: 10, only: ['*'], most: 1000 },
      claims: {},
      connectTimeout: 2_000,
      operationTimeout: 5_000,
      coolDown: 10_000,
      idleTimeout: 480_000,
      searchConnections: 8,
      bindConnections: 16,
      changePasswords: false,
    })
  })

  it('wants an idAttribute where the preset knows none', () => {
    expect(problems({ preset: 'generic' })[0]).to.match(
      /^preset: is generic, which needs idAttribute/,
    )
    expect(problems({ preset: 'generic', idAttribute: 'entryUUID' })).to.deep.equal([])
  })

  it('has a default for all that need not be said about a file', () => {
    const settings = { type: 'file', file: 'users.yaml' }
    expect(backendSettings.parse(settings)).to.deep.equal({
      ...settings,
      parallel: 2,
      changePasswords: false,
    })
  })

  it('knows the types there are', () => {
    expect(problems({ type: 'ldpa' })).to.deep.equal([
      'type: must be one of ldap, active-directory, file, module; did you mean "ldap"?',
    ])
  })

  const accepted: readonly [string, Record<string, unknown>][] = [
    ['ldaps://', { urls: ['ldaps://dc1.corp.example:3269', 'ldaps://[fd00::1]/'] }],
    ['ldap:// with StartTLS', { urls: ['ldap://dc1.corp.example'], startTls: true }],
    ['ldap:// to a loopback address', { urls: ['ldap://127.0.0.2:1389'], insecure: true }],
    ['ldap:// to ::1', { urls: ['ldap://[::1]'], insecure: true }],
    ['ldap:// to localhost', { urls: ['ldap://LOCALHOST'], insecure: true }],
  ]
  for (const [what, settings] of accepted) {
    it(`accepts ${what}`, () => expect(problems(settings)).to.deep.equal([]))
  }

  const readable = 'would send every password readable through the network'
  const refused: readonly [string, Record<string, unknown>, string][] = [
    ['ldap://', { urls: ['ldap://127.0.0.1'] }, readable],
    ['ldap:// to the network', { urls: ['ldap://10.0.0.1'], insecure: true }, readable],
    [
      'a name that only looks like loopback',
      { urls: ['ldap://127.0.0.1.evil.example'], insecure: true },
      readable,
    ],
    ['ldaps:// with StartTLS', { startTls: true }, 'is encrypted already'],
    ['another scheme', { urls: ['https://dc1'] }, 'must look like ldaps://'],
    ['a URL with a base', { urls: ['ldaps://dc1/dc=corp'] }, 'must look like ldaps://'],
    ['a URL with a user', { urls: ['ldaps://me@dc1'] }, 'must look like ldaps://'],
  ]
  for (const [what, settings, message] of refused) {
    it(`refuses ${what}`, () => {
      const [problem, ...others] = problems(settings)
      expect(others).to.deep.equal([])
      expect(problem)
        .to.match(/^urls\[0\]: /)
        .and.contain(message)
    })
  }

  it('tells of every server that would be spoken to readably, beside what else is wrong', () => {
    const found = problems({
      urls: ['ldap://a', 'ldaps://b', 'ldap://c'],
      idAttribute: 'a b',
      sccope: 1,
    })
    expect(found.map((problem) => problem.split(':')[0])).to.have.members([
      'urls[0]',
      'urls[2]',
      'idAttribute',
      'sccope',
    ])
  })

  it('wants a place for the name in the filter', () => {
    expect(problems({ userFilter: '(uid=alice)' })[0]).to.contain(
      'userFilter: must have {localName}',
    )
  })

  it('describes each setting, in a JSON Schema that asks for no more than must be said', () => {
    const schema = z.toJSONSchema(backendSettings, { io: 'input' })
    const kinds = schema.oneOf as {
      required: string[]
      properties: Record<string, { description?: string }>
    }[]
    expect(kinds).to.have.length(4)
    expect(kinds[0]?.required).to.have.members(Object.keys(least))
    for (const { properties } of kinds) {
      for (const [name, { description }] of Object.entries(properties)) {
        expect(description, name).to.be.a('string')
      }
    }
  })
})
