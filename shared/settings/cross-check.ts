import type { z } from 'zod'
import type { Entry } from './repeats.ts'

/** What settings say together though each is fine by itself. */
export interface CrossCheck<T> {
  /** The settings it looks at, with dots. It is left out while one of these has the wrong shape. */
  readonly of: readonly (FieldOf<T> | `${FieldOf<T>}.${string}`)[]
  readonly problems: (settings: T) => readonly CrossProblem[]
}

type FieldOf<T> = keyof T & string

export interface CrossProblem {
  readonly path: Entry['path']
  readonly message: string
}

/**
 * The schema with cross-checks. They run though other settings are wrong: by default zod leaves
 * such checks out until all else is right, and the person would learn of them one run later.
 */
export function withCrossChecks<T extends object>(
  schema: z.ZodType<T>,
  checks: readonly CrossCheck<T>[],
): z.ZodType<T> {
  return checks.reduce<z.ZodType<T>>((checked, { of, problems }) => {
    const run = (settings: T, context: z.core.$RefinementCtx<T>): void => {
      for (const { path, message } of problems(settings)) {
        context.addIssue({ code: 'custom', path: [...path], message })
      }
    }
    return checked.superRefine(run, { when: (payload) => isSound(payload, of) })
  }, schema)
}

function isSound(payload: z.core.ParsePayload, fields: readonly string[]): boolean {
  if (typeof payload.value !== 'object' || payload.value === null) return false
  const wrong = payload.issues.filter(spoils).map(({ path = [] }) => path.map(String))
  return !wrong.some((path) => fields.some((field) => overlap(field.split('.'), path)))
}

/** A setting that nobody knows leaves the others as they are. */
function spoils({ code, continue: harmless }: z.core.$ZodRawIssue): boolean {
  return harmless !== true && code !== 'unrecognized_keys'
}

/** One of them is inside the other. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.every((name, depth) => depth >= b.length || b[depth] === name)
}
