import type { Feature } from '../http/feature.ts'
import { type Page, sendPage } from '../http/layout.ts'
import { requestContext } from '../http/request-context.ts'
import type { FactorMethod } from '../mfa/factor.ts'
import { factorMessage } from '../mfa/messages.ts'
import type { FactorRefused } from '../mfa/second-factors.ts'
import { chooseFactorPage, enrolFactorPage } from '../signin/pages/enrol-factor.ts'
import type { FactorFrame } from '../signin/pages/factor-parts.ts'
import type { AccountParts } from './account-parts.ts'
import { createKeptEnrolments, type KeptEnrolments } from './kept-enrolments.ts'
import { changing } from './own-factors.ts'
import { notHerePage } from './pages/not-here.ts'
import { type FormVisit, mountForms, seeOther, shown, type Visit } from './visit.ts'

const path = '/account/factors'
const addPath = `${path}/add`

interface Parts extends AccountParts {
  readonly kept: KeptEnrolments
}

/** Setting up one more: `/account/factors/add` asks what, `/account/factors/enrolment/…` does it. */
export function enrolmentRoutes(given: AccountParts): Feature {
  const parts: Parts = { ...given, kept: createKeptEnrolments(given.store) }
  const forms: Readonly<Record<string, (visit: FormVisit) => Promise<void>>> = {
    enrol: registering(parts, (visit) => begin(parts, visit)),
    enrolment: registering(parts, (visit) => finish(parts, visit)),
    'other-enrolment': async ({ ctx }) => seeOther(ctx, addPath),
  }
  const choose = async (visit: Visit): Promise<void> =>
    send(parts, visit, chooseFactorPage({ ...frameOf(visit), methods: parts.enrollable }))
  const showOne = (visit: Visit): Promise<void> => show(parts, visit, idIn(visit))
  return {
    mount: (router) => {
      router.get(addPath, shown(parts, path, registering<Visit>(parts, choose)))
      router.get(`${path}/enrolment/:id`, shown(parts, path, registering<Visit>(parts, showOne)))
      mountForms(router, parts, path, forms)
    },
  }
}

/** Only whoever has shown who they are, and where policies let them. */
function registering<V extends Visit = FormVisit>(
  parts: Parts,
  run: (visit: V) => Promise<void>,
): (visit: V) => Promise<void> {
  return changing<V>(parts, async (visit) => {
    const { ctx, session } = visit
    if (await parts.ownSessions.mayRegister(ctx, session)) return run(visit)
    ctx.status = 403
    send(parts, visit, notHerePage(requestContext(ctx).reference, path))
  })
}

async function begin(parts: Parts, visit: FormVisit): Promise<void> {
  const { factors, enrollable } = parts
  const { ctx, sub, username, form } = visit
  const method = enrollable.find((one) => one === form.get('method'))
  if (method === undefined) return seeOther(ctx, addPath)
  const begun = await factors.begin({ purpose: 'enrol', method, person: { sub, username } })
  if ('refused' in begun) {
    ctx.status = 422
    const page = { ...frameOf(visit), methods: enrollable, ...messageOf(begun, method) }
    return send(parts, visit, chooseFactorPage(page))
  }
  await parts.kept.keep(sub, { method, begun })
  seeOther(ctx, `${path}/enrolment/${begun.id}`)
}

async function show(
  parts: Parts,
  visit: Visit,
  id: string,
  refused?: FactorRefused,
): Promise<void> {
  const found = await parts.kept.find(visit.sub, id)
  if (found === undefined) return seeOther(visit.ctx, addPath)
  if (refused !== undefined) visit.ctx.status = 422
  const more = refused && messageOf(refused, found.method)
  const hasOthers = parts.enrollable.length > 1
  send(parts, visit, enrolFactorPage({ ...frameOf(visit), ...found, hasOthers, ...more }))
}

async function finish(parts: Parts, visit: FormVisit): Promise<void> {
  const { ctx, sub, form } = visit
  const challenge = form.get('challenge') ?? ''
  const result = await parts.factors.enrol({ challenge, sub, form })
  if ('refused' in result) return show(parts, visit, challenge, result)
  const { factor, amr } = result.enrolled
  const { method } = factor
  parts.log.info({ sub, method }, 'a second factor was set up by its owner')
  // Whoever has just set it up has shown it.
  await parts.ownSessions.shown(ctx, sub, [{ method, amr }])
  seeOther(ctx, path)
}

function frameOf({ username }: Visit): FactorFrame {
  return { action: path, username, back: path }
}

function send({ organization }: Parts, { ctx }: Visit, page: Page): void {
  sendPage(ctx, page, organization)
}

function messageOf(refused: FactorRefused, method: FactorMethod): Pick<FactorFrame, 'message'> {
  return { message: { text: factorMessage(refused, method), isInvalid: true } }
}

function idIn({ ctx }: Visit): string {
  return (ctx['params'] as { readonly id?: string }).id ?? ''
}
