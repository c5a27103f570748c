import type { Demand } from '../../oidc/interaction.ts'
import type { OrganizationSettings } from '../../settings.ts'
import { chooseFactorPage, enrolFactorPage } from '../pages/enrol-factor.ts'
import type { FactorFrame } from '../pages/factor-parts.ts'
import { guessingNoticePage } from '../pages/guessing-notice.ts'
import { passkeyNudgePage } from '../pages/passkey-nudge.ts'
import { offerRecoveryCodesPage, recoveryCodesPage } from '../pages/recovery-codes.ts'
import { secondFactorPage } from '../pages/second-factor.ts'
import type { Drawings, View } from '../show.ts'
import { rememberDaysWith } from './remember-browser.ts'

type FactorStepName =
  | ('secondFactor' | 'chooseFactor' | 'enrolFactor')
  | ('guessingNotice' | 'passkeyNudge' | 'offerCodes' | 'recoveryCodes')

/** The pages of whoever is asked for a second factor. */
export function factorDrawings({
  organization,
}: {
  readonly organization: OrganizationSettings
}): Drawings<FactorStepName> {
  return {
    secondFactor: ({ demand, factor }, view) => {
      const rememberDays = rememberDaysWith(demand, factor.method)
      const remember = rememberDays !== undefined && { rememberDays }
      return secondFactorPage({ ...frameOf(demand, view), ...factor, ...remember })
    },
    chooseFactor: ({ demand, factor: { methods, offer } }, view) =>
      chooseFactorPage({
        ...frameOf(demand, view),
        methods,
        isOffer: offer !== undefined,
        ...(demand.skips && { skips: demand.skips.left }),
      }),
    passkeyNudge: ({ demand: { username } }, { common }) =>
      passkeyNudgePage({ ...common, username }),
    enrolFactor: ({ demand, factor }, view) =>
      enrolFactorPage({
        ...frameOf(demand, view),
        ...factor,
        hasOthers: factor.methods.length > 1,
        isOffer: factor.offer !== undefined,
      }),
    guessingNotice: ({ demand, factor }, view) =>
      guessingNoticePage({ ...frameOf(demand, view), ...factor }),
    offerCodes: ({ demand }, view) => offerRecoveryCodesPage(frameOf(demand, view)),
    recoveryCodes: ({ demand, factor: { codes } }, view) =>
      recoveryCodesPage({ ...frameOf(demand, view), codes, organization: organization.name }),
  }
}

function frameOf({ username, reasons }: Demand, { common }: View): FactorFrame {
  return { ...common, username, reasons }
}
