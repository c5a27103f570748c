import { z } from 'zod'
import { wholeNumber } from '../../shared/settings/whole-number.ts'
import { type GroupChoice, groupChoice } from './group-choice.ts'

/** How the groups of a person are found, and which of them leave the building. */
export interface LdapGroupSettings extends GroupChoice {
  /** As the preset says, unless given. */
  readonly from?: 'memberOf' | 'member' | 'none'
  readonly baseDn?: string
  readonly nested?: boolean
  readonly deepest: number
}

export const ldapGroups: z.ZodType<LdapGroupSettings> = z
  .strictObject({
    from: z
      .enum(['memberOf', 'member', 'none'])
      .exactOptional()
      .describe(
        'memberOf: the groups that an entry names itself, which costs no search. member: those that ' +
          'name the entry, by member, uniqueMember or memberUid. As the preset says unless given.',
      ),
    baseDn: z
      .string()
      .min(3)
      .exactOptional()
      .describe(
        'Where groups are, such as ou=groups,dc=corp,dc=example; others do not count. By member: ' +
          'the baseDn of the people unless given.',
      ),
    nested: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether groups in which those groups are count as well. As the preset says unless given; not ' +
          'needed where the directory’s memberOf has them already.',
      ),
    deepest: wholeNumber({ min: 1, max: 100 }, 'levels')
      .default(10)
      .describe('Levels of groups in groups. A person with more is refused as misconfigured.'),
    ...groupChoice,
  })
  .prefault({})
  .describe('Which groups of a person become the claim `groups`; a claim of that name goes first.')
