import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asFault, Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { PrometheusMetrics } from './prometheus.ts'

/** Where Prometheus asks: a listener of its own, so that no proxy in front shows it to the world. */
export interface MetricsServer {
  readonly address: { readonly host: string; readonly port: number }
  close(): Promise<void>
}

/** @throws Fault `listen` */
export async function serveMetrics(
  at: { readonly host: string; readonly port: number },
  metrics: PrometheusMetrics,
  log: Logger,
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, response, metrics).catch((thrown: unknown) => {
      const { code, message } = asFault(thrown)
      log.warn({ faultCode: code, detail: message }, 'metrics could not be read')
      response.destroy()
    })
  })
  server.listen(at.port, at.host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { message } = cause as Error
    throw new Fault('listen', `metrics: cannot listen on ${at.host}:${at.port}: ${message}`, {
      cause,
    })
  }
  const { address, port } = server.address() as AddressInfo
  return {
    address: { host: address, port },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  metrics: PrometheusMetrics,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics') {
    response.writeHead(404).end()
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
  } else {
    const text = await metrics.text()
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
    response.end(method === 'HEAD' ? undefined : text)
  }
}
