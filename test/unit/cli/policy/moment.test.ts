import { expect } from 'chai'
import { momentOf } from '../../../../cli/policy/moment.ts'

const now = Date.UTC(2026, 10, 21, 12)
const at = (text: string) => new Date(momentOf('--since', text, now)).toISOString()

describe('a moment on the command line', () => {
  it('is so long ago, a day, or a time with its zone', () => {
    expect(at('90m')).to.equal('2026-11-21T10:30:00.000Z')
    expect(at('24h')).to.equal('2026-11-20T12:00:00.000Z')
    expect(at('7d')).to.equal('2026-11-14T12:00:00.000Z')
    expect(at('2026-11-01')).to.equal('2026-11-01T00:00:00.000Z')
    expect(at('2026-11-01T08:00+02:00')).to.equal('2026-11-01T06:00:00.000Z')
    expect(at('2026-11-01T08:00:30Z')).to.equal('2026-11-01T08:00:30.000Z')
  })

  it('is nothing else: a time without a zone would be another one on another machine', () => {
    for (const text of [
      '',
      '7',
      'd',
      '-7d',
      '1.5h',
      'yesterday',
      '2026-11-01T08:00',
      '2026-13-01',
    ]) {
      expect(() => at(text), text).to.throw('--since must be as 24h, 7d')
    }
  })
})
