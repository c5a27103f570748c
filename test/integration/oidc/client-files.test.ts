import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as client from 'openid-client'
import { checkClients } from '../../../provider/oidc/clients/check-clients.ts'
import { SettingsFault } from '../../../shared/settings/problem.ts'
import { eventually } from '../../support/eventually.ts'
import {
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  resources,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('client files', () => {
  let system: OidcSystem

  beforeEach(async () => {
    system = await startOidc()
  })
  afterEach(() => system[Symbol.asyncDispose]())

  const isKnown = async (clientId: string): Promise<boolean> => {
    const config = await system.discover(clientId)
    const { url } = await authorizationRequest(config)
    return interactionOf(await system.browser().open(url)) !== undefined
  }
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(system.clientsDirectory, name), text)
  const problemsInLog = () => system.log.filter(({ msg }) => msg === 'client file not used')

  it('are read while it runs: a new app can be used', async () => {
    expect(await isKnown('late')).to.equal(false)

    await system.writeClient('late', clients.web)

    await eventually(() => isKnown('late'))
    const tokens = await signInTo(system, await system.discover('late'))
    expect(tokens.claims()?.aud).to.equal('late')
    expect(system.log.some(({ msg }) => msg === 'clients changed')).to.equal(true)
  })

  it('are read while it runs: an app can be changed', async () => {
    expect(await asksForConsent('web')).to.equal(false)

    await system.writeClient('web', { ...clients.web, first_party: false })

    await eventually(() => asksForConsent('web'))
  })

  it('are read while it runs: an app can be removed', async () => {
    await system.removeClient('web')

    await eventually(async () => !(await isKnown('web')))
    expect(await isKnown('partner')).to.equal(true)
  })

  it('keep their good app when they go bad, until they are repaired', async () => {
    await write('web.yaml', 'client_id: web\nfirst_partie: true\nredirect_uris: [nonsense]\n')
    await eventually(() => problemsInLog().length > 0)

    expect(await isKnown('web')).to.equal(true)
    const misspelt = problemsInLog().find(({ path }) => path === 'first_partie')
    expect(misspelt).to.include({ level: 50, line: 2, column: 1 })

    await system.writeClient('web', { ...clients.web, first_party: false })
    await eventually(() => asksForConsent('web'))
  })

  it('cannot take over an app that another file has', async () => {
    await system.writeClient('aaa', { ...clients.partner, client_id: 'web' })
    await eventually(() => problemsInLog().length > 0)

    expect(problemsInLog()[0]?.['detail']).to.match(/web\.yaml has this client_id$/)
    expect(await asksForConsent('web')).to.equal(false)
  })

  it('stop it from starting when one is bad, with all that is wrong', async () => {
    const bad = {
      one: { ...clients.web, grant_types: ['password'] },
      two: { ...clients.web, redirect_uris: ['http://app.example.com/callback'] },
      three: { ...clients.web, client_secret_file: 'not-there' },
      four: { ...clients.web, resources: [{ identifier: 'https://unknown.example.com' }] },
    }

    const thrown: unknown = await startOidc({ clients: bad }).catch((error: unknown) => error)

    expect(thrown).to.be.instanceOf(SettingsFault)
    const problems = (thrown as SettingsFault).problems.map(
      ({ file, path }) => `${file.split('/').at(-1)} ${path}`,
    )
    expect(problems).to.have.members([
      'one.yaml grant_types[0]',
      'two.yaml redirect_uris[0]',
      'three.yaml ',
      'four.yaml resources[0].identifier',
    ])
  })

  it('are checked against what the library would refuse at the first use', async () => {
    await write(
      'odd.yaml',
      [
        'client_id: odd',
        'application_type: native',
        'token_endpoint_auth_method: none',
        'redirect_uris:',
        '  - javascript:alert(1)',
      ].join('\n'),
    )

    const problems = await checkClients(system.clientsDirectory, resources)

    expect(problems).to.have.length(1)
    expect(problems[0]).to.include({ line: 5, column: 3, path: 'redirect_uris' })
    expect(problems[0]?.message).to.include('javascript')
  })

  it('may be checked without a provider that runs', async () => {
    expect(await checkClients(system.clientsDirectory, resources)).to.deep.equal([])
    const [missing] = await checkClients('/there-is-no-such-folder', resources)
    expect(missing).to.include({ message: 'there is no such folder' })
  })

  it('let an app in development come back to any port and path of this machine', async () => {
    await system.writeClient('dev', {
      token_endpoint_auth_method: 'none',
      first_party: true,
      loopback_redirects: true,
    })
    await eventually(() => isKnownAt('http://localhost:3000/cb'))

    expect(await isKnownAt('http://127.0.0.1:4711/any/path?query=1')).to.equal(true)
    expect(await isKnownAt('http://[::1]:8080/')).to.equal(true)
    expect(await isKnownAt('http://localhost.evil.example/')).to.equal(false)
    expect(await isKnownAt('https://app.example.com/callback')).to.equal(false)
    expect(await isKnownAt('http://127.0.0.1:80@evil.example/')).to.equal(false)
  })

  async function isKnownAt(redirect: string): Promise<boolean> {
    const config = await system.discover('dev', { authentication: client.None() })
    const { url } = await authorizationRequest(config, { redirect_uri: redirect })
    return interactionOf(await system.browser().open(url)) !== undefined
  }

  async function asksForConsent(clientId: string): Promise<boolean> {
    const config = await system.discover(clientId)
    const browser = system.browser()
    const page = await browser.open((await authorizationRequest(config)).url)
    const next = await browser.submit(`${page.url.pathname}/login/alice`, {})
    return interactionOf(next)?.prompt === 'consent'
  }
})
