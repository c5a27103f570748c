import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import type { MoreReasons, RiskReason } from './score.ts'
import type { RiskSettings } from './settings.ts'
import type {
  CreateRiskSignal,
  RiskAnswer,
  RiskPoints,
  RiskQuestion,
  RiskSignal,
  RiskSignalParts,
} from './signal.ts'

/** Asks a module of the customer's own. */
export interface AskedModule {
  /** @returns `undefined` if it did not say, and then nobody knows; the log says why */
  ask(question: Omit<RiskQuestion, 'signal'>): Promise<MoreReasons | undefined>
  stop(): Promise<void>
}

/** @throws Fault `settings` if the file cannot be loaded, or does not make a signal */
export async function openRiskModule(
  { module, options, timeout }: RiskSettings,
  parts: RiskSignalParts,
): Promise<AskedModule> {
  const signal = await make({ module, options }, parts)
  return {
    ask: async (question) => {
      const ended = AbortSignal.timeout(timeout)
      try {
        const measured = Promise.resolve(signal.measure({ ...question, signal: ended }))
        return reasonsOf(await Promise.race([measured, endOf(ended, timeout)]))
      } catch (thrown) {
        const detail = thrown instanceof Error ? thrown.message : String(thrown)
        parts.log.warn({ module, detail }, 'risk not known: its module did not say')
        return undefined
      }
    },
    stop: async () => {
      await signal[Symbol.asyncDispose]?.()
    },
  }
}

async function make(
  { module, options }: Pick<RiskSettings, 'module' | 'options'>,
  parts: RiskSignalParts,
): Promise<RiskSignal> {
  const file = pathToFileURL(resolve(parts.folder, module)).href
  const loaded = await orFault(`${module} cannot be loaded`, async () => {
    return (await import(file)) as Record<string, unknown>
  })
  const create = loaded['createRiskSignal']
  if (typeof create !== 'function') {
    throw new Fault('settings', `${module} exports no function createRiskSignal`)
  }
  const made = await orFault(`${module}: createRiskSignal failed`, async () => {
    return (create as CreateRiskSignal)(options, parts)
  })
  if (typeof (made as Partial<RiskSignal> | undefined)?.measure === 'function') return made
  throw new Fault('settings', `${module}: what createRiskSignal returns has no method measure`)
}

async function orFault<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('settings', `${what}: ${text}`, { cause })
  }
}

function endOf(ended: AbortSignal, timeout: number): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error(`no answer within ${timeout} ms`))
    if (ended.aborted) end()
    else ended.addEventListener('abort', end, { once: true })
  })
}

const points: z.ZodType<RiskPoints> = z.strictObject({
  points: z.number().min(0).max(100),
  text: z.string().min(1).max(200),
})

const answer: z.ZodType<RiskAnswer> = z.strictObject({
  signIn: z.array(points).max(20).exactOptional(),
  user: z.array(points).max(20).exactOptional(),
})

function reasonsOf(given: unknown): MoreReasons {
  const { data, error } = answer.safeParse(given)
  if (data === undefined) {
    const [issue] = error.issues
    throw new Error(`not an answer: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
  }
  return { signIn: named(data.signIn), user: named(data.user) }
}

function named(list: readonly RiskPoints[] = []): readonly RiskReason[] {
  return list.map((one) => ({ fact: 'module', ...one }))
}
