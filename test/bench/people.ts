import type { Person } from './sign-in.ts'

/**
 * The made-up people of the bench's directory, one after the other and then again, so that no two
 * checks in flight are about the same person.
 * @param count how many there are
 */
export function everybodyInTurn(count: number, password: string): () => Person {
  let next = 0
  return () => {
    next = (next % count) + 1
    return { username: `u${String(next).padStart(6, '0')}@lab.test`, password }
  }
}
