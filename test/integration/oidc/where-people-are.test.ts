import { expect } from 'chai'
import type { ForwardedHeader } from '../../../provider/http/client-address.ts'
import {
  answer,
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  startOidc,
} from '../../support/oidc-system.ts'
import {
  block,
  createPoliciesFolder,
  elsewhere,
  office,
  outside,
  type PoliciesFolder,
} from '../../support/policies-folder.ts'

/**
 * What policies decide when somebody elsewhere writes headers to seem at the office. The proxy in
 * front appends to what they wrote, as in `given`; all requests come from 127.0.0.1, where it is.
 */
interface Lie {
  readonly say: string
  readonly headers: Readonly<Record<string, string>>
}

const lies: Readonly<Record<ForwardedHeader, readonly Lie[]>> = {
  'x-forwarded-for': [
    {
      say: 'an address before the true one',
      headers: { 'x-forwarded-for': `${office}, ${outside}` },
    },
    {
      say: 'a way through a proxy',
      headers: { 'x-forwarded-for': `${office}, 127.0.0.1, ${outside}, 127.0.0.1` },
    },
    {
      say: 'the other header',
      headers: { 'x-forwarded-for': outside, forwarded: `for=${office}` },
    },
    { say: 'the other header alone', headers: { forwarded: `for=${office}` } },
    { say: 'what is no address', headers: { 'x-forwarded-for': `${office}, -` } },
    { say: 'nothing', headers: {} },
    {
      say: 'headers that nobody asked for',
      headers: {
        'x-forwarded-for': outside,
        'x-real-ip': office,
        'client-ip': office,
        'true-client-ip': office,
        'cf-connecting-ip': office,
        'x-client-ip': office,
      },
    },
  ],
  forwarded: [
    {
      say: 'an address before the true one',
      headers: { forwarded: `for=${office}, for=${outside}` },
    },
    { say: 'a quote left open', headers: { forwarded: `for=${office};x=", for="${outside}:99"` } },
    { say: 'a quote with a proxy in it', headers: { forwarded: `for="${office}, for=${outside}` } },
    { say: 'two addresses in one', headers: { forwarded: `for=${office};for=${outside}` } },
    { say: 'an obfuscated name', headers: { forwarded: `for=${office}, for=_office` } },
    { say: 'unknown', headers: { forwarded: `for=${office}, for=unknown` } },
    {
      say: 'the other header',
      headers: { 'x-forwarded-for': office, forwarded: `for=${outside}` },
    },
    { say: 'the other header alone', headers: { 'x-forwarded-for': office } },
    { say: 'nothing', headers: {} },
  ],
}

const truth = {
  'x-forwarded-for': { 'x-forwarded-for': `${outside}, ${office}` },
  forwarded: { forwarded: `for=${outside}, for="${office}:4711";proto=https;host=evil.example` },
}

for (const header of ['x-forwarded-for', 'forwarded'] as const) {
  describe(`where people are, by ${header}`, () => {
    let folder: PoliciesFolder
    let system: OidcSystem
    before(async () => {
      folder = await createPoliciesFolder()
      // Where the proxy is is a trusted place, too: nobody gains by that.
      const locations = { office: { ipRanges: [`${office}/32`, '127.0.0.0/8'], isTrusted: true } }
      await folder.writeText('../locations.yaml', JSON.stringify({ locations }))
      await folder.write('office-only', { conditions: elsewhere, grantControls: block })
      system = await startOidc({ clients, policies: folder.path, forwardedHeader: header })
    })
    after(async () => {
      await system[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    })

    const promptFor = async (headers: Readonly<Record<string, string>>) => {
      const { url } = await authorizationRequest(await system.discover('web'))
      const browser = system.browser(headers)
      const signIn = await browser.open(url)
      return interactionOf(await answer(browser, signIn, 'login/alice'))?.prompt
    }

    it('is what the proxy says', async () => {
      expect(await promptFor(truth[header])).not.to.equal('refused')
    })

    for (const { say, headers } of lies[header]) {
      it(`is not changed by ${say}`, async () => {
        expect(await promptFor(headers)).to.equal('refused')
      })
    }
  })
}
