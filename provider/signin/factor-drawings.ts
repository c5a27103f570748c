import type { Demand } from '../oidc/interaction.ts'
import type { OrganizationSettings } from '../settings.ts'
import { chooseFactorPage, enrolFactorPage } from './pages/enrol-factor.ts'
import type { FactorFrame } from './pages/factor-parts.ts'
import { guessingNoticePage } from './pages/guessing-notice.ts'
import { offerRecoveryCodesPage, recoveryCodesPage } from './pages/recovery-codes.ts'
import { secondFactorPage } from './pages/second-factor.ts'
import type { Drawings, View } from './show.ts'

type FactorStepName =
  | ('secondFactor' | 'chooseFactor' | 'enrolFactor')
  | ('guessingNotice' | 'offerCodes' | 'recoveryCodes')

/** The pages of whoever is asked for a second factor. */
export function factorDrawings({
  organization,
}: {
  readonly organization: OrganizationSettings
}): Drawings<FactorStepName> {
  return {
    secondFactor: ({ demand, factor }, view) =>
      secondFactorPage({ ...frameOf(demand, view), ...factor }),
    chooseFactor: ({ demand, factor }, view) =>
      chooseFactorPage({ ...frameOf(demand, view), ...factor }),
    enrolFactor: ({ demand, factor }, view) =>
      enrolFactorPage({
        ...frameOf(demand, view),
        ...factor,
        hasOthers: factor.methods.length > 1,
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
