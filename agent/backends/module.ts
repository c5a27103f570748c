import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Fault } from '../../shared/fault.ts'
import { backendAnswer } from '../../shared/wire.ts'
import type { AccountLookup, BackendAnswer, PasswordBackend, PasswordChanger } from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import type { ModuleBackendSettings } from './module-settings.ts'

/** What a module of the customer's own exports as `createBackend`. */
export type CreateBackend = (
  options: ModuleBackendSettings['options'],
  parts: BackendParts,
) => CustomBackend | Promise<CustomBackend>

export type CustomBackend = PasswordBackend &
  Partial<PasswordChanger & AccountLookup & AsyncDisposable>

/**
 * A backend that somebody else wrote. What it answers is looked at before it is signed: the
 * provider would refuse a verdict of another form, and nobody would know why.
 *
 * @throws Fault `settings` if the file cannot be loaded, or does not make a backend
 */
export async function createModuleBackend(
  { module, options }: ModuleBackendSettings,
  parts: BackendParts,
): Promise<CustomBackend> {
  const create = await load(resolve(parts.folder, module), module)
  let made: unknown
  try {
    made = await create(options, parts)
  } catch (cause) {
    throw new Fault('settings', `${module}: createBackend failed: ${textOf(cause)}`, { cause })
  }
  const backend = asBackend(made, module)
  const checked = async (answer: BackendAnswer | Promise<BackendAnswer>) =>
    asAnswer(await answer, module)
  // Bound, since a backend may be an instance of a class.
  const change = backend.changePassword?.bind(backend)
  const lookUp = backend.lookUp?.bind(backend)
  const dispose = backend[Symbol.asyncDispose]?.bind(backend)
  return {
    verify: async (credentials) => checked(backend.verify(credentials)),
    ...(change && { changePassword: async (wanted) => checked(change(wanted)) }),
    ...(lookUp && { lookUp: async (sought) => checked(lookUp(sought)) }),
    ...(dispose && { [Symbol.asyncDispose]: dispose }),
  }
}

async function load(file: string, module: string): Promise<CreateBackend> {
  let loaded: Record<string, unknown>
  try {
    loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (cause) {
    throw new Fault('settings', `${module} cannot be loaded: ${textOf(cause)}`, { cause })
  }
  const create = loaded['createBackend']
  if (typeof create === 'function') return create as CreateBackend
  throw new Fault('settings', `${module} exports no function createBackend`)
}

const capabilities = ['changePassword', 'lookUp', Symbol.asyncDispose] as const

function asBackend(made: unknown, module: string): CustomBackend {
  const given = (typeof made === 'object' && made !== null ? made : {}) as Record<
    string | symbol,
    unknown
  >
  if (typeof given['verify'] !== 'function') {
    throw new Fault('settings', `${module}: what createBackend returns has no method verify`)
  }
  for (const name of capabilities) {
    if (given[name] === undefined || typeof given[name] === 'function') continue
    throw new Fault('settings', `${module}: ${String(name)} is not a method`)
  }
  return made as CustomBackend
}

// The answer itself is not said: it may hold claims.
function asAnswer(answer: unknown, module: string): BackendAnswer {
  const { data, error } = backendAnswer.safeParse(answer)
  if (data !== undefined) return data
  const [issue] = error.issues
  const where = issue?.path.join('.') ?? ''
  throw new Fault('settings', `${module}: not an answer: ${where} ${issue?.message ?? ''}`)
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
