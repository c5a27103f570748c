import { expect } from 'chai'
import type { Page } from '../../../../../provider/http/layout.ts'
import { factorMethods } from '../../../../../provider/mfa/factor.ts'
import type { Interaction } from '../../../../../provider/oidc/interaction.ts'
import {
  chooseFactorPage,
  enrolFactorPage,
} from '../../../../../provider/signin/pages/enrol-factor.ts'
import type { FactorFrame } from '../../../../../provider/signin/pages/factor-parts.ts'
import { guessingNoticePage } from '../../../../../provider/signin/pages/guessing-notice.ts'
import { passkeyNudgePage } from '../../../../../provider/signin/pages/passkey-nudge.ts'
import { qrCode } from '../../../../../provider/signin/pages/qr-code.ts'
import {
  offerRecoveryCodesPage,
  recoveryCodesPage,
} from '../../../../../provider/signin/pages/recovery-codes.ts'
import { secondFactorPage } from '../../../../../provider/signin/pages/second-factor.ts'
import { usernamePage } from '../../../../../provider/signin/pages/username.ts'

const hostile = '"><script>alert(1)</script>'
const interaction: Interaction = {
  uid: 'one',
  prompt: 'login',
  client: { id: 'demo', name: hostile, firstParty: true },
  missingScopes: [],
  missingResourceScopes: {},
  returnSources: ['https://app.example'],
}
const frame: FactorFrame = { interaction, action: '/interaction/one', username: hostile }
const options = { challenge: 'AAAA', rp: { name: hostile } }
const begun = { id: hostile, shown: { options } }
const app = { id: 'c1', shown: { uri: 'otpauth://totp/x?secret=JBSWY3DP', typed: 'JBSW Y3DP' } }
const message = { text: hostile, isInvalid: true }

const text = ({ content }: Page): string => content.toString()

/** All of them, with whatever comes from people, policies, apps and answers being hostile. */
function everyPage(changed: Partial<FactorFrame> = {}): Page[] {
  const common = { ...frame, ...changed }
  const enrol = { ...common, hasOthers: true } as const
  return [
    ...factorMethods.map((method) =>
      secondFactorPage({ ...common, method, begun, others: factorMethods, rememberDays: 30 }),
    ),
    chooseFactorPage({ ...common, methods: ['passkey', 'totp'], skips: 2 }),
    enrolFactorPage({ ...enrol, method: 'passkey', begun }),
    enrolFactorPage({ ...enrol, method: 'totp', begun: app }),
    recoveryCodesPage({ ...common, codes: [hostile], organization: hostile }),
    offerRecoveryCodesPage(common),
    guessingNoticePage({ ...common, notice: { method: 'totp', at: 0 } }),
    passkeyNudgePage(common),
  ]
}

/** Where forms go, and the names of what they send. */
function formsOf(page: Page): Record<string, string[]> {
  const forms = text(page).matchAll(/<form[^>]* action="([^"]*)"[^]*?<\/form>/g)
  return Object.fromEntries(
    [...forms].map(([form, action = '']) => [
      action,
      [...form.matchAll(/<(?:input|button)[^>]* name="([^"]*)"/g)].map(([, name = '']) => name),
    ]),
  )
}

describe('the pages of second factors', () => {
  it('let nothing through that is markup', () => {
    const pages = everyPage({ reasons: [hostile], message, back: hostile })
    for (const page of pages) {
      expect(text(page)).not.to.include('<script')
      expect(text(page)).to.include('&lt;script&gt;alert(1)')
    }
  })

  it('say what is wrong before anything else, and for which field', () => {
    for (const page of everyPage({ message })) {
      expect(page.isProblem).to.equal(true)
      expect(text(page).indexOf('role="alert"')).to.be.within(0, text(page).indexOf('<form'))
    }
    const code = secondFactorPage({ ...frame, method: 'totp', begun, others: [], message })
    expect(text(code)).to.include('aria-describedby="problem" aria-invalid="true"')
  })

  it('bring a script only where a passkey or new codes are', () => {
    for (const page of everyPage()) {
      const wanted = text(page).includes('passkey-form')
        ? ['passkey']
        : text(page).includes('copy-codes')
          ? ['recovery-codes']
          : undefined
      expect(page.scripts, page.title).to.deep.equal(wanted)
    }
  })

  it('have a way back, to the app or to where the person came from', () => {
    const chosen = { methods: ['totp'] } as const
    const signIn = chooseFactorPage({ ...frame, ...chosen })
    expect(formsOf(signIn)).to.have.property('/interaction/one/cancel')
    const { interaction: _, ...own } = frame
    const page = chooseFactorPage({ ...own, ...chosen, action: '/account', back: '/account' })
    expect(text(page)).to.include('<a href="/account">Back</a>').and.not.to.include('/cancel')
    expect(page).not.to.have.property('returnSources')
  })
})

describe('the page that asks for a second factor', () => {
  const page = { ...frame, begun: { id: 'c1', shown: {} }, others: [] as const }

  it('sends a code, or what a passkey answered, with the challenge', () => {
    for (const method of ['totp', 'recoveryCode', 'temporaryAccessPass'] as const) {
      expect(formsOf(secondFactorPage({ ...page, method }))).to.deep.include({
        '/interaction/one/second-factor': ['challenge', 'code'],
      })
    }
    const passkey = secondFactorPage({ ...page, method: 'passkey', begun: { id: 'c1', shown: {} } })
    expect(formsOf(passkey)).to.deep.include({
      '/interaction/one/second-factor': ['challenge', 'passkey'],
    })
  })

  it('gives the script what it asks the browser for, unchanged', () => {
    const content = text(secondFactorPage({ ...page, method: 'passkey', begun }))
    const attribute = /data-options="([^"]*)"/.exec(content)?.[1] ?? ''
    const json = attribute
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    expect(JSON.parse(json)).to.deep.equal(options)
    expect(content).to.include('data-purpose="verify"')
  })

  it('offers what else the person has, in the order given', () => {
    const others = ['totp', 'recoveryCode'] as const
    const content = text(secondFactorPage({ ...page, method: 'passkey', others }))
    expect(content).to.include('action="/interaction/one/other-factor"')
    expect(content.indexOf('value="totp"')).to.be.within(1, content.indexOf('value="recoveryCode"'))
    expect(text(secondFactorPage({ ...page, method: 'totp' }))).not.to.include('another way')
  })

  it('offers to remember the browser only if a policy lets it', () => {
    const asked = (rememberDays?: number) =>
      text(
        secondFactorPage({
          ...page,
          method: 'totp',
          ...(rememberDays !== undefined && { rememberDays }),
        }),
      )
    expect(asked()).not.to.include('name="remember"')
    expect(asked(1)).to.include('name="remember" value="yes"').and.include('for a day.')
    expect(asked(30)).to.include('for 30 days.').and.not.to.include('checked')
  })
})

describe('the pages that set a second factor up', () => {
  it('offer the strongest as the safest, and say how often it can be put off', () => {
    const offered = (skips?: number) =>
      text(
        chooseFactorPage({
          ...frame,
          methods: ['passkey', 'totp'],
          ...(skips !== undefined && { skips }),
        }),
      )
    expect(offered().match(/Safest/g)).to.have.length(1)
    expect(offered().indexOf('Safest')).to.be.within(1, offered().indexOf('value="totp"'))
    expect(offered()).not.to.include('skip-enrolment')
    expect(offered(0)).not.to.include('skip-enrolment')
    expect(offered(1)).to.include('skip-enrolment').and.include('the last time')
    expect(offered(3)).to.include('You can put it off 3 times.')
    expect(text(chooseFactorPage({ ...frame, methods: ['totp'] }))).not.to.include('Safest')
  })

  it('show an app’s secret as a picture and to type', () => {
    const page = enrolFactorPage({ ...frame, method: 'totp', begun: app, hasOthers: false })
    expect(text(page)).to.include('JBSW Y3DP').and.include('<svg class="qr" role="img"')
    expect(formsOf(page)).to.deep.include({ '/interaction/one/enrolment': ['challenge', 'code'] })
    expect(formsOf(page)).not.to.have.property('/interaction/one/other-enrolment')
  })

  it('send a new passkey with its challenge', () => {
    const page = enrolFactorPage({ ...frame, method: 'passkey', begun, hasOthers: true })
    expect(text(page)).to.include('data-purpose="enrol"').and.include('<noscript>')
    expect(formsOf(page)).to.deep.include({
      '/interaction/one/enrolment': ['challenge', 'passkey'],
      '/interaction/one/other-enrolment': [],
    })
  })
})

describe('the page of new recovery codes', () => {
  const codes = ['k7mq-2x2p', '9tfw-44hd']
  const page = recoveryCodesPage({ ...frame, username: 'alice', organization: 'Corp', codes })

  it('has them to read and as a file, in the page itself', () => {
    const file = /href="data:text\/plain;charset=utf-8,([^"]*)" download=/.exec(text(page))?.[1]
    expect(decodeURIComponent(file ?? '')).to.equal(
      'Recovery codes of alice for Corp\nEach works once.\n\nk7mq-2x2p\n9tfw-44hd\n',
    )
    for (const code of codes) expect(text(page)).to.include(`<code>${code}</code>`)
  })

  it('goes on when the person says that they are kept', () => {
    expect(formsOf(page)).to.deep.equal({ '/interaction/one/codes-kept': [] })
    expect(formsOf(offerRecoveryCodesPage(frame))).to.deep.equal({
      '/interaction/one/recovery-codes': [],
      '/interaction/one/no-codes': [],
    })
  })
})

describe('the page about wrong answers', () => {
  it('says what was tried, and what to do, and lets the person go on', () => {
    const page = guessingNoticePage({ ...frame, notice: { method: 'totp', at: 0 } })
    expect(text(page)).to.include('ten wrong answers in a row for your authenticator app')
    expect(text(page)).to.include('change it, and tell your help desk')
    expect(formsOf(page)).to.deep.equal({ '/interaction/one/notice-read': [] })
  })
})

describe('the nudge towards a passkey', () => {
  it('can be taken up, put off, and refused for good', () => {
    expect(formsOf(passkeyNudgePage(frame))).to.deep.equal({
      '/interaction/one/enrol': ['method'],
      '/interaction/one/passkey-later': [],
      '/interaction/one/passkey-never': [],
    })
  })
})

describe('the page that asks for a user name', () => {
  const page = { interaction, action: '/interaction/one', username: '', people: [] }

  it('knows nothing of passkeys unless it is given a challenge', () => {
    const plain = usernamePage(page)
    expect(plain).not.to.have.property('scripts')
    expect(text(plain)).to.include('autocomplete="username"').and.not.to.include('passkey')
  })

  it('offers them among the user names and by a button', () => {
    const offered = usernamePage({ ...page, passkey: begun })
    expect(offered.scripts).to.deep.equal(['passkey'])
    expect(text(offered))
      .to.include('autocomplete="username webauthn"')
      .and.include(' data-autofill')
    expect(formsOf(offered)).to.deep.include({
      '/interaction/one/username': ['username'],
      '/interaction/one/passkey': ['challenge', 'passkey'],
    })
  })
})

describe('a QR code', () => {
  it('is square, dark on light, and another for another text', () => {
    const picture = qrCode('otpauth://totp/a', 'A code').toString()
    expect(picture).to.include('aria-label="A code"').and.include('fill="#fff"')
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(picture) ?? []
    expect(width).to.equal(height)
    expect(qrCode('otpauth://totp/b', 'A code').toString()).not.to.equal(picture)
  })
})
