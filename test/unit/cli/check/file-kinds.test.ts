import { expect } from 'chai'
import { parse } from 'yaml'
import { type FileKind, recognise } from '../../../../cli/check/file-kinds.ts'

const kindOf = (text: string): FileKind | undefined =>
  recognise(text, Object.keys((parse(text) as object | null) ?? {}))

describe('the kind of a settings file', () => {
  it('is what its schema line says, wherever the schema is', () => {
    for (const place of ['', '../schemas/', 'https://example.com/']) {
      const line = `# yaml-language-server: $schema=${place}client.schema.json\n`
      expect(kindOf(`${line}issuer: x\n`)).to.equal('client')
    }
  })

  it('is not what a schema line of others says', () => {
    const line = '# yaml-language-server: $schema=compose.schema.json\n'
    expect(kindOf(`${line}users: []\n`)).to.equal('users')
  })

  it('is the one that knows most of its settings', () => {
    expect(kindOf('issuer: x\nredis: {}\nrealms: []\ndataKeyFile: x\n')).to.equal('provider')
    expect(kindOf('name: x\nredis: {}\nrealms: []\nlog: {}\n')).to.equal('agent')
    expect(kindOf('client_id: x\n')).to.equal('client')
    expect(kindOf('users: []\n')).to.equal('users')
  })

  it('is told in spite of misspelt settings', () => {
    expect(kindOf('isuer: x\ndataKeyFile: x\nrealm: []\n')).to.equal('provider')
  })

  it('stays open if none is known, or nothing tells two apart', () => {
    expect(kindOf('services: {}\n')).to.equal(undefined)
    expect(kindOf('redis: {}\nlog: {}\n')).to.equal(undefined)
    expect(kindOf('')).to.equal(undefined)
  })
})
