import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { agentOf, agentRules, olderAgentRules, userOf } from '../../../../shared/redis/agent-acl.ts'

const corp1 = { name: 'corp-1', passwordHash: 'a'.repeat(64) }
const commandsIn = (rules: readonly string[]) => new Set(rules.join(' ').match(/\+[\w|]+/g) ?? [])

describe('what an agent may do in Redis', () => {
  it('is what docs/running.md says', () => {
    const page = readFileSync(new URL('../../../../docs/running.md', import.meta.url), 'utf8')
    const [, line = ''] = /^user agent-corp-1 (.*)$/m.exec(page) ?? []
    const rules = agentRules('postern:', corp1).join(' ')
    expect(line).to.equal(
      rules
        .replace('reset resetchannels -@all on', 'on >PASSWORD resetchannels -@all')
        .replace(` #${corp1.passwordHash}`, ''),
    )
  })

  it('is the same commands by the rules for an older Redis', () => {
    const older = olderAgentRules('postern:', corp1)
    expect(commandsIn(older)).to.deep.equal(commandsIn(agentRules('postern:', corp1)))
    expect(older.join(' ')).not.to.match(/[()%]/)
  })

  it('is bound to keys of its own prefix, whatever characters that has', () => {
    expect(agentRules('a*[b]?\\:', corp1).join(' ')).to.contain(
      '(%W~a\\*\\[b\\]\\?\\\\:claim:* +set)',
    )
  })

  it('goes with a user that is named for it', () => {
    expect(agentOf(userOf('corp-1'))).to.equal('corp-1')
    for (const user of ['default', 'postern', 'agent-', 'agent-Corp', 'my-agent-corp']) {
      expect(agentOf(user), user).to.equal(undefined)
    }
  })
})
