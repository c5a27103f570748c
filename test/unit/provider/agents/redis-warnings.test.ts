import { expect } from 'chai'
import { redisWarnings } from '../../../../provider/agents/redis-warnings.ts'
import type { RedisClient } from '../../../../shared/redis/client.ts'
import { askDurability } from '../../../../shared/redis/persistence.ts'

const aof = (on: 0 | 1) => `# Persistence\r\nloading:0\r\naof_enabled:${on}\r\n`
const memory = (limit: number, policy: string) =>
  `# Memory\r\nmaxmemory:${limit}\r\nmaxmemory_human:x\r\nmaxmemory_policy:${policy}\r\n`
const good = memory(0, 'noeviction')

interface Answers {
  readonly persistence?: string
  readonly memory?: string
  readonly save?: string
}

/** A Redis that answers these questions, and refuses the others to its user. */
async function warned(answers: Answers): Promise<string[]> {
  const answer = async <T>(given: T | undefined): Promise<T> => {
    if (given === undefined) throw new Error('NOPERM')
    return given
  }
  const commands = {
    info: (section: 'persistence' | 'memory') => answer(answers[section]),
    config: () => answer(answers.save === undefined ? undefined : ['save', answers.save]),
  }
  const client = { commands } as unknown as Pick<RedisClient, 'commands'>
  return redisWarnings(await askDurability(client)).map(({ name, detail = '' }) =>
    detail === '' ? name : `${name}: ${detail}`,
  )
}

const untoldDisk = 'redisUntold: whether it keeps anything on disk'

describe('warnings of Redis', () => {
  const cases: readonly [says: string, answers: Answers, warnings: readonly string[]][] = [
    ['keeps a log', { persistence: aof(1), memory: good, save: '' }, []],
    ['takes snapshots', { persistence: aof(0), memory: good, save: '3600 1' }, []],
    ['does neither', { persistence: aof(0), memory: good, save: '' }, ['redisNotPersistent']],
    ['keeps a log, and says no more', { persistence: aof(1), memory: good }, []],
    ['keeps no log, and says no more', { persistence: aof(0), memory: good }, [untoldDisk]],
    ['says nothing', {}, [`${untoldDisk}, whether it drops what it holds when its memory is full`]],
    [
      'evicts the least used',
      { persistence: aof(1), memory: memory(1000, 'allkeys-lru') },
      ['redisEvicts'],
    ],
    [
      'evicts what has an end',
      { persistence: aof(1), memory: memory(1000, 'volatile-ttl') },
      ['redisEvicts'],
    ],
    ['would evict, had it a limit', { persistence: aof(1), memory: memory(0, 'allkeys-lru') }, []],
    ['has a limit', { persistence: aof(1), memory: memory(1000, 'noeviction') }, []],
  ]
  for (const [says, answers, warnings] of cases) {
    it(`of one that ${says}: ${warnings.join(' and ') || 'none'}`, async () => {
      expect(await warned(answers)).to.deep.equal(warnings)
    })
  }
})
