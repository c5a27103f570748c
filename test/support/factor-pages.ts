import type { Context } from 'koa'
import type { Feature } from '../../provider/http/feature.ts'
import { readForm } from '../../provider/http/form.ts'
import { html } from '../../provider/http/html.ts'
import { type Page, sendPage } from '../../provider/http/layout.ts'
import type { Asked, Factor, RegisteredFactor } from '../../provider/mfa/factor.ts'
import { createPasskey } from '../../provider/mfa/passkey.ts'
import { type PasskeySettings, passkeySettings } from '../../provider/mfa/passkey-settings.ts'
import { relyingPartyOf } from '../../provider/mfa/relying-party.ts'
import type { Begun } from '../../provider/mfa/second-factors.ts'
import type { Interaction } from '../../provider/oidc/interaction.ts'
import { chooseFactorPage, enrolFactorPage } from '../../provider/signin/pages/enrol-factor.ts'
import { guessingNoticePage } from '../../provider/signin/pages/guessing-notice.ts'
import { passkeyNudgePage } from '../../provider/signin/pages/passkey-nudge.ts'
import {
  offerRecoveryCodesPage,
  recoveryCodesPage,
} from '../../provider/signin/pages/recovery-codes.ts'
import { secondFactorPage } from '../../provider/signin/pages/second-factor.ts'
import { usernamePage } from '../../provider/signin/pages/username.ts'
import { systemClock } from '../../shared/clock.ts'

/**
 * The pages of second factors, each at an address of its own, and a passkey factor behind those that
 * ask for one: what a browser answers is looked at as in a sign-in, and what came of it is kept.
 */
export interface FactorPages extends Feature {
  /** Where the browser finds them; passkeys need a host with a name. */
  origin: string
  /** As they are from now on. */
  settings: PasskeySettings
  registered: RegisteredFactor[]
  /** What answers came to: `enrolled`, `proof` or `refused`. */
  readonly results: object[]
}

const person = { sub: 'corp:4711', username: 'alice@corp.example', displayName: 'Alice' }
const organization = { name: 'Corp' }
const interaction: Interaction = {
  uid: 'sign-in-1',
  prompt: 'login',
  client: { id: 'demo-app', name: 'Demo app', firstParty: true },
  missingScopes: [],
  missingResourceScopes: {},
  returnSources: [],
}
const frame = { interaction, action: '/answer', username: person.username }

/** Pages that show the same to everybody, by their addresses. */
const samplePages: Readonly<Record<string, Page>> = {
  'choose-factor': chooseFactorPage({
    ...frame,
    methods: ['passkey', 'totp'],
    skips: 3,
    reasons: ['Payroll data asks for more than a password.'],
  }),
  'new-app': enrolFactorPage({
    ...frame,
    method: 'totp',
    hasOthers: true,
    begun: {
      id: 'challenge-1',
      shown: {
        uri: 'otpauth://totp/Corp:alice@corp.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Corp',
        typed: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
      },
    },
  }),
  'factor-code': secondFactorPage({
    ...frame,
    method: 'totp',
    begun: { id: 'challenge-1', shown: {} },
    others: ['passkey', 'recoveryCode'],
    rememberDays: 30,
  }),
  'factor-wrong': secondFactorPage({
    ...frame,
    method: 'recoveryCode',
    begun: { id: 'challenge-1', shown: {} },
    others: ['totp'],
    message: { text: 'That code is not right. Check it and try again.', isInvalid: true },
  }),
  'guessing-notice': guessingNoticePage({ ...frame, notice: { method: 'totp', at: 0 } }),
  'offer-codes': offerRecoveryCodesPage(frame),
  'recovery-codes': recoveryCodesPage({
    ...frame,
    organization: organization.name,
    codes: Array.from({ length: 10 }, (_, index) => `k7mq-${index}x2p-9tf${index}`),
  }),
  'passkey-nudge': passkeyNudgePage(frame),
}

/** The addresses of all. */
export const factorPageNames: readonly string[] = [
  ...Object.keys(samplePages),
  'new-passkey',
  'factor-passkey',
  'user-name-passkey',
]

export function factorPages(): FactorPages {
  const pending = new Map<string, { asked: Asked; expected: string }>()

  function factor(): Factor {
    const relyingParty = relyingPartyOf(pages.origin, organization.name)
    if (relyingParty === undefined) throw new Error(`no passkeys at ${pages.origin}`)
    return createPasskey({ relyingParty, settings: pages.settings, clock: systemClock })
  }

  async function begin(asked: Asked): Promise<Begun> {
    const { shown, expected } = await factor().challenge(asked)
    const id = `challenge-${pending.size + 1}`
    pending.set(id, { asked, expected })
    return { id, shown }
  }

  const show: Readonly<Record<string, () => Promise<Page>>> = {
    'new-passkey': async () => {
      const asked = { purpose: 'enrol', person, registered: pages.registered } as const
      const begun = await begin(asked)
      return enrolFactorPage({ ...frame, method: 'passkey', begun, hasOthers: true })
    },
    'factor-passkey': async () => {
      const asked = { purpose: 'verify', person, registered: pages.registered } as const
      const begun = await begin(asked)
      const others = ['totp', 'recoveryCode'] as const
      return secondFactorPage({ ...frame, method: 'passkey', begun, others, rememberDays: 30 })
    },
    'user-name-passkey': async () => {
      const passkey = await begin({ purpose: 'verify', registered: [] })
      return usernamePage({ interaction, action: '/answer', username: '', people: [], passkey })
    },
  }

  const answer = async (ctx: Context): Promise<void> => {
    const form = await readForm(ctx)
    const { asked, expected } = pending.get(form.get('challenge') ?? '') ?? {}
    if (asked === undefined || expected === undefined) throw new Error('no such challenge')
    const answered = { ...asked, registered: pages.registered, expected, form }
    const result = await factor()[asked.purpose](answered)
    pages.results.push(result)
    const title = Object.keys(result)[0] ?? ''
    sendPage(ctx, { title, content: html`<h1>${title}</h1>` }, organization)
  }

  const pages: FactorPages = {
    origin: '',
    settings: passkeySettings.parse({}),
    registered: [],
    results: [],
    mount: (router) => {
      for (const [name, draw] of Object.entries(show)) {
        router.get(`/${name}`, async (ctx) => sendPage(ctx, await draw(), organization))
      }
      for (const [name, page] of Object.entries(samplePages)) {
        router.get(`/${name}`, (ctx) => sendPage(ctx, page, organization))
      }
      router.post('/answer/:step', answer)
    },
  }
  return pages
}
