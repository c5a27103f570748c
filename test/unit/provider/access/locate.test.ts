import { expect } from 'chai'
import { createLocator } from '../../../../provider/access/locate.ts'
import { type Locations, locationsFile } from '../../../../provider/access/locations.ts'
import { printProblem } from '../../../../shared/settings/problem.ts'
import { checkSettingsText } from '../../../../shared/settings.ts'

const text = `
countriesFile: countries.mmdb
locations:
  office: { ipRanges: [192.0.2.0/24, "2001:db8:1::/48"], isTrusted: true }
  vpn: { ipRanges: [198.51.100.7] }
  alps: { countriesAndRegions: [AT, CH] }
  far: { countriesAndRegions: [NZ], includeUnknownCountriesAndRegions: true }
  near: { countriesAndRegions: [DE], includeUnknownCountriesAndRegions: false }
`

function read(yaml: string): Locations {
  const { value, problems = [] } = checkSettingsText('locations.yaml', yaml, locationsFile)
  if (!value) throw new Error(problems.map(printProblem).join('\n'))
  return value
}

describe('where an address is', () => {
  const countries: Readonly<Record<string, string>> = { '203.0.113.1': 'AT', '203.0.113.2': 'DE' }
  const locate = createLocator(read(text), (ip) => countries[ip])

  it('is told by ranges, IPv4 and IPv6', () => {
    expect(locate({ ip: '192.0.2.77', country: 'FR' })).to.deep.equal({
      inside: ['office'],
      unsure: [],
      trusted: true,
    })
    expect(locate({ ip: '2001:db8:1:ff::1', country: 'FR' }).inside).to.deep.equal(['office'])
    expect(locate({ ip: '2001:db8:2::1', country: 'FR' }).inside).to.deep.equal([])
    expect(locate({ ip: '198.51.100.7', country: 'FR' })).to.deep.include({
      inside: ['vpn'],
      trusted: false,
    })
    expect(locate({ ip: '198.51.100.8', country: 'FR' }).inside).to.deep.equal([])
  })

  it('is told by an IPv4 address that was written as IPv6, too', () => {
    expect(locate({ ip: '::ffff:192.0.2.77', country: 'FR' }).inside).to.deep.equal(['office'])
  })

  it('is told by the country of the address', () => {
    expect(locate({ ip: '203.0.113.1' }).inside).to.deep.equal(['alps'])
    expect(locate({ ip: '203.0.113.2' }).inside).to.deep.equal(['near'])
  })

  it('of an unknown country is what the location says, and else unsure', () => {
    const { inside, unsure } = locate({ ip: '203.0.113.9' })
    expect({ inside, unsure }).to.deep.equal({ inside: ['far'], unsure: ['alps'] })
  })

  it('is unsure without an address, also whether it is trusted', () => {
    expect(locate({ country: 'DE' })).to.deep.equal({ inside: ['near'], unsure: ['office', 'vpn'] })
    expect(locate({ ip: 'elsewhere', country: 'DE' }).unsure).to.deep.equal(['office', 'vpn'])
  })

  it('is surely not trusted where nothing is', () => {
    const trusts = createLocator(read('locations: { vpn: { ipRanges: [10.0.0.1] } }'))
    expect(trusts({ ip: '10.0.0.1' }).trusted).to.equal(false)
  })
})

describe('locations.yaml', () => {
  it('says what is wrong with it, all at once', () => {
    const { problems = [] } = checkSettingsText(
      'locations.yaml',
      `locations:
  all: { ipRanges: [10.0.0.0/8] }
  a b: { ipRanges: [10.0.0.0/8] }
  office: { ipRanges: [10.0.0.0/33, ten] }
  both: { ipRanges: [10.0.0.0/8], countriesAndRegions: [DE] }
  none: {}
  land: { countriesAndRegions: [de], isTrusted: true }
  trusted: { countriesAndRegions: [DE], isTrusted: true }
`,
      locationsFile,
    )
    expect(problems.map(printProblem)).to.deep.equal([
      'locations.yaml:3:3: locations.a b: this name must be letters, digits, dots and hyphens',
      'locations.yaml:4:24: locations.office.ipRanges[0]: must be an IP address or a range, as in 10.0.0.0/8',
      'locations.yaml:4:37: locations.office.ipRanges[1]: must be an IP address or a range, as in 10.0.0.0/8',
      'locations.yaml:7:33: locations.land.countriesAndRegions[0]: must be two capital letters, as in DE (ISO 3166-1)',
    ])
  })

  const mistakes: readonly (readonly [yaml: string, said: string])[] = [
    ['all: { ipRanges: [10.0.0.0/8] }', 'locations.all: is a word of policies, no name'],
    ['none: {}', 'locations.none: must have ipRanges or countriesAndRegions, and not both'],
    [
      'land: { countriesAndRegions: [DE] }',
      'locations.land.countriesAndRegions: needs countriesFile, or no country is ever known',
    ],
  ]
  for (const [yaml, said] of mistakes) {
    it(`is refused with ${yaml}`, () => {
      const checked = checkSettingsText('l', `locations:\n  ${yaml}\n`, locationsFile)
      const found = (checked.problems ?? []).map(({ path, message }) => `${path}: ${message}`)
      expect(found).to.deep.equal([said])
    })
  }

  it('is refused with a trusted country, which is guessed from an address', () => {
    const yaml =
      'countriesFile: c\nlocations: { land: { countriesAndRegions: [DE], isTrusted: true } }'
    const { problems = [] } = checkSettingsText('l', yaml, locationsFile)
    expect(problems.map(({ message }) => message)).to.deep.equal(['cannot be true of countries'])
  })
})
