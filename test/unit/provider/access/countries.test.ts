import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openCountries } from '../../../../provider/access/countries.ts'
import { countriesFile } from '../../../support/countries-file.ts'
import { expectFault } from '../../../support/rejection.ts'

describe('countries of addresses', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-countries-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('come out of a MaxMind DB file, as its several makers write them', async () => {
    const file = join(folder, 'countries.mmdb')
    await writeFile(
      file,
      countriesFile({
        '203.0.113.0/24': { country: { iso_code: 'AT' }, registered_country: { iso_code: 'US' } },
        '198.51.100.0/25': { country_code: 'DE', country: 'Germany' },
        '2001:db8::/32': { country: 'CH' },
        '192.0.2.0/24': { registered_country: { iso_code: 'US' } },
      }),
    )
    const placeOf = await openCountries(file)
    const countryOf = (ip: string) => placeOf(ip).country
    expect(countryOf('203.0.113.77')).to.equal('AT')
    expect(countryOf('::ffff:203.0.113.77'), 'IPv4 written as IPv6').to.equal('AT')
    expect(countryOf('198.51.100.7')).to.equal('DE')
    expect(countryOf('2001:db8:1::7')).to.equal('CH')
    expect(countryOf('192.0.2.7'), 'only registered elsewhere').to.equal(undefined)
    expect(countryOf('198.51.100.200'), 'not in the file').to.equal(undefined)
    expect(countryOf('10.0.0.1')).to.equal(undefined)
  })

  it('are refused from a file that is none, or not there', async () => {
    const file = join(folder, 'countries.mmdb')
    await writeFile(file, 'network,country\n203.0.113.0/24,AT\n')
    const said = async (path: string): Promise<string> =>
      (await expectFault(openCountries(path), 'settings')).message
    expect(await said(file)).to.equal(`${file}: is no MaxMind DB file (.mmdb)`)
    expect(await said(`${file}.gz`)).to.equal(`${file}.gz: there is no such file`)
    expect(await said(folder)).to.equal(`${folder}: cannot be read (EISDIR)`)
  })
})
