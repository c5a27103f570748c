import type { EnrolmentRedis } from '../../shared/enrolment.ts'

/** What an agent is told of Redis. */
export interface RedisAccess {
  /** For one that has just been enrolled. The password is in this answer and nowhere else. */
  grant(agent: { readonly name: string; readonly enrolment: string }): Promise<Granted>
  /** The same for one that has its password. */
  describe(agent: { readonly name: string }): Promise<EnrolmentRedis | undefined>
}

export interface Granted {
  readonly redis?: EnrolmentRedis
  /** SHA-256 of the password, hex. */
  readonly passwordHash?: string
}

/** Where agents and provider share memory, or agents are told of Redis in some other way. */
export const noRedisAccess: RedisAccess = {
  grant: async () => ({}),
  describe: async () => undefined,
}
