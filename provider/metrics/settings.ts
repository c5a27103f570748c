import { z } from 'zod'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

export interface MetricsSettings {
  readonly listen: { readonly host: string; readonly port: number }
}

export const metricsSettings: z.ZodType<MetricsSettings> = z
  .strictObject({
    listen: z
      .strictObject({
        // Whoever reads metrics learns how many people sign in, and which agents there are.
        host: z.string().min(1).default('127.0.0.1').describe('The address to listen on.'),
        port: wholeNumber({ min: 0, max: 65_535 }).describe('The TCP port; 0 takes any free one.'),
      })
      .describe('Where Prometheus asks, at /metrics; never where people sign in.'),
  })
  .describe('Counts what happens, for Prometheus. Off unless given.')
