import type Koa from 'koa'
import {
  decodeEnrolRequest,
  decodeRenewRequest,
  type EnrolmentError,
  type EnrolmentRefusal,
  enrolmentBodyLimit,
  enrolmentPaths,
  type SignedAnswer,
} from '../../shared/enrolment.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { wireVersion } from '../../shared/wire.ts'
import { readBody } from '../http/body.ts'
import type { Feature } from '../http/feature.ts'
import { requestContext } from '../http/request-context.ts'
import { enrol, type Told } from './enrol.ts'
import { refusals } from './refusals.ts'
import { type RenewalParts, renew } from './renew.ts'

/**
 * Where agents come to be enrolled and to renew their certificates: JSON over HTTPS, with plain
 * words for the person who types the command.
 */
export function createEnrolment(parts: RenewalParts): Feature {
  const { enrol: enrolPath, renew: renewPath } = enrolmentPaths
  return {
    mount: (router) => {
      router.post(enrolPath, (ctx) =>
        answer(ctx, { ...parts, most: 20, success: 201 }, (body, address) =>
          enrol(decodeEnrolRequest(body), address, parts),
        ),
      )
      // Agents behind one address ask every few seconds while they wait for their approval.
      router.post(renewPath, (ctx) =>
        answer(ctx, { ...parts, most: 600, success: 200 }, (body, address) =>
          renew(decodeRenewRequest(body), address, parts),
        ),
      )
    },
  }
}

// Milliseconds.
const minute = 60_000

async function answer(
  ctx: Koa.Context,
  how: Pick<RenewalParts, 'store'> & { most: number; success: number },
  ask: (body: string, address: string) => Promise<Told>,
): Promise<void> {
  const { clientAddress: address } = requestContext(ctx)
  ctx.set('Cache-Control', 'no-store')
  try {
    const tries = await how.store.count(`agent-tries:${ctx.path} ${address}`, minute)
    const told = tries > how.most ? tooMany : await ask(await readJson(ctx), address)
    if (told.error !== undefined) refuse(ctx, told.error)
    else accept(ctx, told.answer, how.success)
  } catch (thrown) {
    const fault = asFault(thrown)
    const isTheirs = theirs.has(fault.kind)
    const { log } = requestContext(ctx)
    const facts = { faultCode: fault.code, detail: fault.message, path: ctx.path }
    if (isTheirs) log.info(facts, 'an agent was refused')
    else log.error({ ...facts, err: fault.cause }, 'an agent could not be answered')
    refuse(ctx, isTheirs ? 'badRequest' : 'unavailable')
  }
}

const tooMany: Told = { error: 'tooMany' }
const theirs: ReadonlySet<string> = new Set(['badMessage', 'forgedMessage', 'badForm'])

async function readJson(ctx: Koa.Context): Promise<string> {
  if (ctx.is('application/json') === false) throw new Fault('badForm', 'a body that is not JSON')
  return readBody(ctx, enrolmentBodyLimit)
}

function accept(ctx: Koa.Context, signed: string, status: number): void {
  const body: SignedAnswer = { v: wireVersion, answer: signed }
  ctx.status = status
  ctx.body = body
}

function refuse(ctx: Koa.Context, error: EnrolmentError): void {
  const { status, message } = refusals[error]
  const body: EnrolmentRefusal = { error, message }
  requestContext(ctx).log.info({ refusal: error, path: ctx.path }, 'an agent was refused')
  ctx.status = status
  ctx.body = body
}
