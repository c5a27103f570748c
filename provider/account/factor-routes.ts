import { Fault } from '../../shared/fault.ts'
import type { Feature } from '../http/feature.ts'
import { sendPage } from '../http/layout.ts'
import { recoveryCodesPage } from '../signin/pages/recovery-codes.ts'
import type { AccountParts } from './account-parts.ts'
import { changing, isFactorNeeded, ownFactors } from './own-factors.ts'
import { type FactorNotice, factorsPage } from './pages/factors.ts'
import { timesOf } from './times.ts'
import { type FormVisit, mountForms, seeOther, shown, type Visit } from './visit.ts'

const path = '/account/factors'

/** `/account/factors`: what somebody has, to be renamed and removed; and recovery codes. */
export function factorRoutes(parts: AccountParts): Feature {
  const forms: Readonly<Record<string, (visit: FormVisit) => Promise<void>>> = {
    rename: changing(parts, (visit) => rename(parts, visit)),
    remove: changing(parts, (visit) => remove(parts, visit)),
    'recovery-codes': changing(parts, (visit) => makeCodes(parts, visit)),
    'codes-kept': async ({ ctx }) => seeOther(ctx, path),
    'forget-browser': async ({ ctx, sub, form }) => {
      await parts.rememberedBrowsers.revoke(sub, form.get('browser') ?? '')
      seeOther(ctx, path)
    },
  }
  return {
    mount: (router) => {
      router.get(
        path,
        shown(parts, path, (visit) => show(parts, visit)),
      )
      mountForms(router, parts, path, forms)
    },
  }
}

async function show(parts: AccountParts, visit: Visit, notice?: FactorNotice): Promise<void> {
  const { ctx, sub, username, session } = visit
  const { enrollable, organization } = parts
  const [own, browsers] = await Promise.all([
    ownFactors(parts, visit),
    parts.rememberedBrowsers.list(sub),
  ])
  const times = timesOf(session.account)
  const page = factorsPage({ username, ...own, enrollable, browsers, times, notice })
  if (notice !== undefined) ctx.status = 422
  sendPage(ctx, page, organization)
}

async function rename(parts: AccountParts, visit: FormVisit): Promise<void> {
  const { ctx, sub, form } = visit
  const [id, name] = [form.get('factor') ?? '', form.get('name') ?? '']
  if (!(await parts.factors.rename(sub, id, name))) return show(parts, visit, 'notRenamed')
  seeOther(ctx, path)
}

async function remove(parts: AccountParts, visit: FormVisit): Promise<void> {
  const { ctx, sub, form } = visit
  const isNeeded = isFactorNeeded(parts, visit)
  const removal = await parts.factors.remove(sub, form.get('factor') ?? '', { isNeeded })
  if (removal === 'lastOne') return show(parts, visit, 'lastOne')
  if (removal === 'removed') parts.log.info({ sub }, 'a second factor was removed by its owner')
  seeOther(ctx, path)
}

async function makeCodes(parts: AccountParts, visit: FormVisit): Promise<void> {
  const { factors, organization, ownSessions } = parts
  const { ctx, sub, username, session } = visit
  if (!(await ownSessions.mayRegister(ctx, session))) return show(parts, visit, 'notHere')
  const method = 'recoveryCode'
  const begun = await factors.begin({ purpose: 'enrol', method, person: { sub, username } })
  if ('refused' in begun) throw new Fault('internal', `no recovery codes: ${begun.refused}`)
  const made = await factors.enrol({ challenge: begun.id, sub, form: new Map() })
  // Others were made in another window at the same moment: those are the ones that count.
  if ('refused' in made) return seeOther(ctx, path)
  parts.log.info({ sub }, 'recovery codes were made by their owner')
  const codes = made.enrolled.shownOnce
  const frame = { action: path, username, organization: organization.name }
  sendPage(ctx, recoveryCodesPage({ ...frame, codes }), organization)
}
