import { z } from 'zod'
import { wholeNumber } from '../shared/settings/whole-number.ts'
import { whyNotPattern } from './broker/canary-name.ts'
import type { CanaryNames, ProviderSettings } from './settings.ts'

/** How `provider.yaml` says how far agents are believed. */

/** As people type them: an agent must not be able to tell one by its looks. */
const names = z
  .array(z.string().trim().min(1).max(320))
  .default([])
  .describe(
    'Accounts in the directory that are set aside for this and belong to nobody, as people would ' +
      'type them, with suffix. They get wrong passwords, so they may be locked now and then.',
  )

const patterns = z
  .array(z.string().superRefine(refusePattern))
  .exactOptional()
  .describe(
    'How user names look here, to make up names that nobody has: text with {first}, {last}, {f}, {l} ' +
      '(their initials), {letter} and {digit}. One stands twice to be taken twice as often. ' +
      'Without it {first}.{last} and the first suffix; an empty list makes none up.',
  )

export const canaryNames: z.ZodType<CanaryNames> = z
  .strictObject({ names, patterns })
  .prefault({})
  .describe('User names for the sign-ins that must fail.')

export const secondOpinion: z.ZodType<boolean> = z
  .boolean()
  // Half of those who run Postern have one agent, and would let nobody in.
  .default(false)
  .describe('Whether a success counts only if two agents agree on it. Needs two live agents.')

export const secondOpinionGroups: z.ZodType<readonly string[]> = z
  .array(z.string().min(1))
  .default([])
  .describe(
    'The same for people in one of these groups alone, as the `groups` claim names them. The agent ' +
      'that is asked first says who is in them, so this protects what apps grant to groups, and ' +
      '`secondOpinion` protects everything.',
  )

export const canaries: z.ZodType<ProviderSettings['canaries']> = z
  .strictObject({
    // A liar is found within ten minutes or so, and a directory does not feel it.
    perHour: wholeNumber({ min: 0, max: 3600 })
      .default(6)
      .describe('How many each agent gets in an hour, at random times; 0 for none.'),
  })
  .prefault({})
  .describe('Sign-ins that must fail, to find agents that say yes to everything.')

function refusePattern(pattern: string, context: z.RefinementCtx): void {
  const message = whyNotPattern(pattern)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
}
