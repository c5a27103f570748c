import type { Feature } from '../http/feature.ts'
import type { AccountParts } from './account-parts.ts'
import { enrolmentRoutes } from './enrolment-routes.ts'
import { factorRoutes } from './factor-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'

/**
 * A person's own pages, `/account`: what they sign in with, where they are signed in, and what was
 * done with their account of late. They stand above the sign-in, whose pages for setting up a second
 * factor they show too; changing the password is the sign-in's own (`signin/password/own-password.ts`).
 *
 * Each needs a session, and each form says whose page it was on. Whoever changes what they sign in
 * with has shown who they are within ten minutes, and with a second factor if they have one.
 */
export function createAccount(parts: AccountParts): Feature {
  const features = [
    overviewRoutes(parts),
    factorRoutes(parts),
    enrolmentRoutes(parts),
    sessionRoutes(parts),
    signInRoutes(parts),
  ]
  return {
    mount: (router) => {
      for (const feature of features) feature.mount(router)
    },
  }
}
