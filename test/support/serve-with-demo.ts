/**
 * `postern serve` with local mode's demo app in it, so that a test can sign in through an app that
 * shows what it received, against a directory that local mode does not have.
 */
import { demo } from '../../cli/local/demo/demo.ts'
import { providerParts } from '../../cli/serve.ts'
import { untilSignal } from '../../cli/until-signal.ts'
import { startProvider } from '../../provider/main.ts'
import { providerSettings } from '../../provider/settings-schema.ts'
import { systemClock } from '../../shared/clock.ts'
import { readSettings } from '../../shared/settings.ts'

const [, , file = '', clientSecret = ''] = process.argv
const settings = await readSettings(file, providerSettings)
const parts = await providerParts(settings, file)
const clients = ['demo-app', 'demo-partner'].map((clientId) => ({ clientId, clientSecret }))
const extraFeatures = (issuer: string) => [demo({ issuer, clients, clock: systemClock })]
await untilSignal(() => startProvider(settings, { ...parts, extraFeatures }))
