import { asFault } from '../../shared/fault.ts'
import type { Store } from '../../shared/store.ts'
import type { Feature } from './feature.ts'
import { requestContext } from './request-context.ts'

/**
 * For whatever starts, restarts and balances processes. `live`: the process answers, restart it if
 * not. `ready`: people may be sent here, since the store answers. Agents are left out on purpose:
 * without them each sign-in has a page that says so, and taking every process out of the balancer
 * would replace that page with a bare 503.
 */
export function createHealth({ store }: { readonly store: Store }): Feature {
  return {
    mount: (router) => {
      router.get('/health/live', (ctx) => {
        ctx.set('Cache-Control', 'no-store')
        ctx.body = { status: 'live' }
      })
      router.get('/health/ready', async (ctx) => {
        ctx.set('Cache-Control', 'no-store')
        try {
          await store.get('health')
          ctx.body = { status: 'ready' }
        } catch (thrown) {
          const { code, message: detail } = asFault(thrown)
          requestContext(ctx).log.warn({ faultCode: code, detail }, 'not ready')
          ctx.status = 503
          ctx.body = { status: 'notReady', store: code }
        }
      })
    },
  }
}
