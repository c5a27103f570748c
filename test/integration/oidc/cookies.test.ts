import { expect } from 'chai'
import { redirectUri, startOidc } from '../../support/oidc-system.ts'

const parameters = new URLSearchParams({
  client_id: 'web',
  redirect_uri: redirectUri,
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})
const request = `/authorize?${parameters.toString()}`

/** Name and attributes of each cookie that a sign-in sets. */
async function cookiesOf(origin: string): Promise<Map<string, string>> {
  const started = await fetch(new URL(request, origin), { redirect: 'manual' })
  const page = new URL(String(started.headers.get('location')), origin)
  const cookie = started.headers.getSetCookie().map((line) => String(line.split(';')[0]))
  const answered = await fetch(new URL(`${page.pathname}/login/alice`, origin), {
    method: 'POST',
    headers: { cookie: cookie.join('; ') },
    redirect: 'manual',
  })
  const { pathname } = new URL(String(answered.headers.get('location')))
  const finished = await fetch(new URL(pathname, origin), {
    headers: { cookie: cookie.join('; ') },
    redirect: 'manual',
  })
  const lines = [...started.headers.getSetCookie(), ...finished.headers.getSetCookie()]
  return new Map(
    lines
      .filter((line) => !line.includes('1970'))
      .map((line) => [String(line.split('=')[0]), line.slice(line.indexOf(';') + 1)]),
  )
}

describe('cookies', () => {
  it('are out of reach of scripts, other sites, other hosts and plain http', async () => {
    await using system = await startOidc({ issuer: 'https://id.example.com' })

    const cookies = await cookiesOf(system.origin)

    expect([...cookies.keys()]).to.include.members([
      '__Host-postern_session',
      '__Host-postern_session.sig',
      '__Secure-postern_interaction',
      '__Secure-postern_resume',
    ])
    for (const [name, attributes] of cookies) {
      expect(attributes, name).to.include('httponly').and.include('samesite=lax')
      expect(attributes, name).to.include('secure').and.not.include('domain')
    }
    expect(cookies.get('__Host-postern_session')).to.include('path=/;')
    expect(cookies.get('__Secure-postern_interaction')).to.include('path=/interaction/')
    expect(cookies.get('__Secure-postern_resume')).to.include('path=/authorize/')
  })

  it('work without https on a machine for development', async () => {
    await using system = await startOidc()

    const cookies = await cookiesOf(system.origin)

    expect(cookies.get('postern_session')).to.include('httponly').and.not.include('secure')
  })
})
