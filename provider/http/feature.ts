import type Router from '@koa/router'

/**
 * A part of the provider that answers requests. Every feature mounts itself; `main.ts` only lists
 * them, with what each one needs.
 */
export interface Feature {
  mount(router: Router): void
}
