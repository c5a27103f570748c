import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { breachHash } from '../../../../provider/passwords/breach.ts'
import { openNewPasswordRules } from '../../../../provider/passwords/open-rules.ts'
import { expectFault } from '../../../support/rejection.ts'

describe('rules for new passwords, from settings', () => {
  let folder: string
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const open = (settings: object) =>
    openNewPasswordRules({ names: [], ...settings }, { folder, organization: 'Acme Bikes', log })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-banned-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('know common words and the organization’s name without any', async () => {
    const rules = await open({})
    expect(await rules.refuse('Welcome2026', [])).to.equal('banned')
    expect(await rules.refuse('riding my bikes home', [])).to.equal('containsName')
    expect(await rules.refuse('three small blue kettles', [])).to.equal(undefined)
  })

  it('know the organization’s own words', async () => {
    await writeFile(join(folder, 'words.txt'), 'Velocipede\r\n\r\nderailleur\n')
    const rules = await open({ bannedTermsFile: 'words.txt' })
    expect(await rules.refuse('V3locipede12', [])).to.equal('banned')
    expect(await rules.refuse('Derailleur1!', [])).to.equal('banned')
  })

  const bad = {
    'line 3': 'fine\n\nabc\n',
    '1000 lines': 'word\n'.repeat(1001),
    'line 1': 'x'.repeat(17),
  }
  for (const [message, text] of Object.entries(bad)) {
    it(`are refused at the start with a bad file of words: ${message}`, async () => {
      await writeFile(join(folder, 'bad.txt'), text)
      const fault = await expectFault(open({ bannedTermsFile: 'bad.txt' }), 'settings')
      expect(fault.message).to.contain(message)
    })
  }

  it('are refused at the start with words that are not in UTF-8, which nobody would type', async () => {
    await writeFile(join(folder, 'latin.txt'), 'Fahrräder\n', 'latin1')
    const fault = await expectFault(open({ bannedTermsFile: 'latin.txt' }), 'settings')
    expect(fault.message).to.contain('latin.txt: is not text in UTF-8')
    await writeFile(join(folder, 'utf8.txt'), '\ufeffFahrra\u0308der\nSträucher\n')
    const rules = await open({ bannedTermsFile: 'utf8.txt' })
    expect(await rules.refuse('Fahrräder99', [])).to.equal('banned')
    expect(await rules.refuse('fahrråder', [])).to.equal('banned')
  })

  for (const setting of ['bannedTermsFile', 'breachedFile']) {
    it(`are refused at the start without the file that they name: ${setting}`, async () => {
      const fault = await expectFault(open({ [setting]: 'none.txt' }), 'settings')
      expect(fault.message).to.contain('none.txt')
    })
  }

  it('know breached passwords; a list out of reach keeps nobody from changing theirs', async () => {
    await writeFile(join(folder, 'hashes.txt'), `${breachHash('three small blue kettles')}:7\n`)
    const rules = await open({ breachedFile: 'hashes.txt' })
    expect(await rules.refuse('three small blue kettles', [])).to.equal('breached')
    await rm(join(folder, 'hashes.txt'))
    expect(await rules.refuse('three small blue kettles', [])).to.equal(undefined)
    expect(lines.join()).to.contain('out of reach').and.not.to.contain('kettles')
  })
})
