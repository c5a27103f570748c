import { expect } from 'chai'
import { agentSettings } from '../../../agent/settings-schema.ts'
import { printProblem } from '../../../shared/settings/problem.ts'
import { checkSettingsText } from '../../../shared/settings.ts'

const smallest = `name: a1
redis: { url: redis://127.0.0.1 }
issuer: https://id.corp.example
realms:
  - name: corp
    backend: { type: file, file: users.yaml }
`

function problemsOf(text: string): string[] {
  const { problems } = checkSettingsText('a', text, agentSettings)
  return (problems ?? []).map((problem) => printProblem(problem).replace(/^a:/, ''))
}

describe('agent settings', () => {
  it('have a default for all that can have one', () => {
    const { value } = checkSettingsText('a', smallest, agentSettings)
    expect(value).to.deep.include({ name: 'a1', concurrency: 64, log: { level: 'info' } })
    expect(value?.realms[0]).to.deep.include({ name: 'corp', suffixes: [] })
  })

  it('need Redis, a provider and a realm', () => {
    expect(problemsOf('name: a1')).to.deep.equal([
      '1:1: redis: is missing',
      '1:1: issuer: is missing',
      '1:1: realms: is missing',
    ])
  })

  it('take no two realms of one name', () => {
    const twice = `${smallest}  - { name: corp, backend: { type: file, file: more.yaml } }\n`
    expect(problemsOf(twice)).to.deep.equal(["7:13: realms[1].name: is another realm's name"])
  })

  it('say which backends there are', () => {
    expect(problemsOf(smallest.replace('type: file', 'type: fiel'))).to.deep.equal([
      '6:22: realms[0].backend.type: must be one of ldap, active-directory, file, module; did you mean "file"?',
    ])
  })

  it('take at least one question at a time', () => {
    expect(problemsOf(`${smallest}concurrency: 0`)).to.deep.equal([
      '7:14: concurrency: must be a whole number, 1 to 1000',
    ])
  })
})
