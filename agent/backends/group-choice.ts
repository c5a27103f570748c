import { z } from 'zod'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** Which of a person's groups leave the building. */
export interface GroupChoice {
  /** Patterns; `*` stands for any letters. */
  readonly only: readonly string[]
  readonly most: number
}

/** How settings say it, whatever the directory. */
export const groupChoice: {
  [Name in keyof GroupChoice]: z.ZodDefault<z.ZodType<GroupChoice[Name]>>
} = {
  only: z
    .array(z.string().min(1))
    .default(['*'])
    .describe(
      'The groups that apps and policies may see, by name (or SID); * stands for any letters.',
    ),
  // What a verdict has room for is 5,000; and a token with a thousand groups is no use to an app.
  most: wholeNumber({ min: 1, max: 5000 }, 'groups')
    .default(1000)
    .describe(
      'A person with more of them is refused as misconfigured: a list cut short is a false one.',
    ),
}

/**
 * The groups that may leave the building.
 * @param namesOf a group, any of which a pattern may match
 * @returns `undefined` if there are more than the settings allow
 */
export function chosenGroups<G>(
  groups: readonly G[],
  { only, most }: GroupChoice,
  namesOf: (group: G) => readonly string[],
): readonly G[] | undefined {
  const patterns = only.map(pattern)
  const chosen = groups.filter((group) =>
    patterns.some((one) => namesOf(group).some((name) => one.test(name))),
  )
  return chosen.length > most ? undefined : chosen
}

/**
 * What apps and policies are told, `undefined` for nothing; or for the operator, why there is nothing
 * that would be true.
 */
export type GroupsOrProblem =
  | { readonly groups: readonly string[] | undefined }
  | { readonly problem: string }

/**
 * Whoever is in none of those that are chosen is said to be in none: policies can be about the chosen
 * ones alone.
 * @param groups all of a person's; `undefined` if they cannot be told, and then nothing is said
 * @param shown the name that a group has outside
 */
export function groupsToShow<G>(
  groups: readonly G[] | undefined,
  choice: GroupChoice,
  { namesOf, shown }: { namesOf: (group: G) => readonly string[]; shown: (group: G) => string },
): GroupsOrProblem {
  if (groups === undefined) return { groups }
  const chosen = chosenGroups(groups, choice, namesOf)
  if (chosen === undefined) return { problem: `more than ${choice.most} groups` }
  return { groups: [...new Set(chosen.map(shown))].toSorted() }
}

const literal = (part: string) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')

// Names of groups have no case, neither in Active Directory nor in RFC 4519.
function pattern(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(literal).join('.*')}$`, 'isu')
}
