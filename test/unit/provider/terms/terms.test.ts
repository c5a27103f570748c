import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openTerms } from '../../../../provider/terms/terms.ts'
import { expectFault } from '../../../support/rejection.ts'

describe('terms of use', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-terms-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const staff = { name: 'staff', title: 'For staff', textFile: 'staff.md', version: 2 }

  it('are read from the file that the settings name', async () => {
    await writeFile(join(folder, 'staff.md'), '# Rules\n\nBe kind.\n')
    expect(await openTerms([staff], folder)).to.deep.equal([
      {
        name: 'staff',
        title: 'For staff',
        version: 2,
        text: [
          { kind: 'heading', text: 'Rules' },
          { kind: 'paragraph', text: 'Be kind.' },
        ],
      },
    ])
  })

  it('cannot be without a text', async () => {
    const file = join(folder, 'staff.md')
    const missing = await expectFault(openTerms([staff], folder), 'settings')
    expect(missing.message).to.equal(`${file}: there is no such file`)
    await writeFile(file, '\n \n')
    const empty = await expectFault(openTerms([staff], folder), 'settings')
    expect(empty.message).to.equal(`${file}: is empty`)
  })
})
