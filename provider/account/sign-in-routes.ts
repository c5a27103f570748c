import type { Feature } from '../http/feature.ts'
import { sendPage } from '../http/layout.ts'
import { realmOfSub } from '../oidc/accounts/accounts.ts'
import type { SignInRecord } from '../signin-log/sign-in-record.ts'
import type { AccountParts } from './account-parts.ts'
import { notMeDonePage, notMePage } from './pages/not-me.ts'
import { type ShownSignIn, signInsPage } from './pages/sign-ins.ts'
import { shownPlace } from './shown-place.ts'
import { timesOf } from './times.ts'
import { type FormVisit, seeOther, shown, taken, type Visit } from './visit.ts'

const path = '/account/sign-ins'
const notMePath = `${path}/not-me`

/** `/account/sign-ins`: what was done with an account of late, and “this was not me”. */
export function signInRoutes(parts: AccountParts): Feature {
  return {
    mount: (router) => {
      router.get(
        path,
        shown(parts, path, (visit) => list(parts, visit)),
      )
      // Its own address asks before its form does it.
      router.get(
        notMePath,
        shown(parts, path, (visit) => ask(parts, visit)),
      )
      router.post(
        notMePath,
        taken(parts, path, (visit) => disown(parts, visit)),
      )
      router.get(
        `${notMePath}/done`,
        shown(parts, path, async ({ ctx, sub, username }) => {
          const realm = parts.realms.find(({ name }) => name === realmOfSub(sub))
          sendPage(ctx, notMeDonePage({ username, realm }), parts.organization)
        }),
      )
    },
  }
}

async function list(parts: AccountParts, { ctx, sub, username, session }: Visit): Promise<void> {
  const records = (await parts.records.recent(sub)).filter(({ kind }) => kind !== 'refresh')
  const signIns = await shownSignIns(parts, records)
  const times = timesOf(session.account)
  sendPage(ctx, signInsPage({ username, signIns, times }), parts.organization)
}

async function ask(parts: AccountParts, visit: Visit): Promise<void> {
  const { ctx, username, session } = visit
  const record = await recordIn(parts, visit, ctx.query['reference'])
  const [signIn] = record === undefined ? [] : await shownSignIns(parts, [record])
  if (signIn === undefined) return seeOther(ctx, path)
  const times = timesOf(session.account)
  sendPage(ctx, notMePage({ username, signIn, times }), parts.organization)
}

async function disown(parts: AccountParts, visit: FormVisit): Promise<void> {
  const { ctx, sub, form } = visit
  const record = await recordIn(parts, visit, form.get('reference'))
  if (record === undefined) return seeOther(ctx, path)
  // First what a stranger could still use, then what is told.
  await parts.ownSessions.end(ctx, sub, 'others')
  await parts.rememberedBrowsers.revokeAll(sub)
  await parts.risk.disowned(sub)
  shout(parts, sub, record)
  seeOther(ctx, `${notMePath}/done`)
}

/** Only what stands in the person's own list can be disowned. */
async function recordIn(
  { records }: AccountParts,
  { sub }: Visit,
  reference: unknown,
): Promise<SignInRecord | undefined> {
  const all = await records.recent(sub)
  return all.find((record) => record.reference === reference && record.kind !== 'refresh')
}

async function shownSignIns(
  parts: AccountParts,
  records: readonly SignInRecord[],
): Promise<readonly ShownSignIn[]> {
  const apps = await parts.ownSessions.appNames(records.map(({ clientId }) => clientId))
  return records.map((record) => {
    const app = apps.get(record.clientId)
    const place = shownPlace(parts, record.clientAddress)
    return { record, place, ...(app !== undefined && { app }) }
  })
}

/** Whoever looks after this finds the sign-in in the log under the same reference. */
function shout({ alerts, log }: AccountParts, sub: string, record: SignInRecord): void {
  const { reference } = record
  log.error(
    { sub, signIn: reference, at: record.at },
    'a person says that a sign-in was not theirs',
  )
  alerts.raise({
    name: 'signInDisowned',
    realm: realmOfSub(sub),
    reference,
    detail: 'all other sessions are ended; see the log for the account',
    occasion: `disowned ${reference}`,
  })
}
