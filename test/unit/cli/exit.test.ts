import { expect } from 'chai'
import { explain } from '../../../cli/exit.ts'
import { Fault } from '../../../shared/fault.ts'
import { SettingsFault } from '../../../shared/settings/problem.ts'

const problem = { file: 'a.yaml', line: 2, column: 3, path: 'issuer', message: 'is missing' }

describe('what the command says of a failure', () => {
  it('is one line with the place of a single mistake in settings, and exit code 2', () => {
    expect(explain(new SettingsFault([problem]))).to.deep.equal({
      text: 'postern: a.yaml:2:3: issuer: is missing',
      code: 2,
    })
  })

  it('is a list of several mistakes', () => {
    const other = { ...problem, path: 'redis' }
    expect(explain(new SettingsFault([problem, other])).text).to.equal(
      'postern: 2 settings are not right.\n  a.yaml:2:3: issuer: is missing\n  a.yaml:2:3: redis: is missing',
    )
  })

  it('is the detail of any other fault, with exit code 1', () => {
    expect(explain(new Fault('storeDown', 'Redis at host:1 cannot be reached'))).to.deep.equal({
      text: 'postern: Redis at host:1 cannot be reached',
      code: 1,
    })
  })

  it('is the first line of what nobody foresaw, and how to see more', () => {
    const text = 'postern: failed unexpectedly: boom (--debug shows more)'
    expect(explain(new Error('boom\n    at somewhere'))).to.deep.equal({ text, code: 1 })
    expect(explain('boom').text).to.equal(text)
  })

  it('is about the failure, and not about the clean-up that failed after it', () => {
    const first = new Fault('listen', 'the port is in use')
    const both = new SuppressedError(new Error('clean-up'), first)
    expect(explain(both)).to.deep.equal(explain(first))
  })
})
