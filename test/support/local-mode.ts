import { type BrowserPage, type BrowserSession, createBrowser } from './browser-session.ts'
import { type PosternProcess, startPostern } from './postern-process.ts'

/** `postern local --json` as a process of its own, on a free port. */
export interface LocalMode extends AsyncDisposable {
  readonly process: PosternProcess
  /** What it printed when it was ready. */
  readonly announced: Announced
  /** A new person's browser. */
  browser(): BrowserSession
}

export interface Announced {
  readonly issuer: string
  readonly clients: readonly { client_id: string; client_secret?: string }[]
  readonly users: readonly { username: string; password: string; outcome: string }[]
}

export async function startLocalMode(...args: string[]): Promise<LocalMode> {
  const started = startPostern(['local', '--port', '0', '--json', ...args])
  try {
    // The end of the one line that goes to standard output; the log goes elsewhere.
    await started.says('}]}\n', 20_000)
  } catch (error) {
    await started.stop('SIGKILL')
    throw error
  }
  const announced = JSON.parse(started.stdout()) as Announced
  return {
    process: started,
    announced,
    browser: () => createBrowser(announced.issuer),
    [Symbol.asyncDispose]: async () => {
      await started.stop()
    },
  }
}

/**
 * Answers the sign-in pages, as far as they ask.
 * @param page where the app has sent the browser
 */
export async function answerSignIn(
  browser: BrowserSession,
  page: BrowserPage,
  person: { username: string; password: string },
): Promise<BrowserPage> {
  const { username, password } = person
  let shown = page
  for (const [step, fields] of Object.entries({
    username: { username },
    password: { username, password },
    consent: { decision: 'allow' },
  })) {
    const action = new RegExp(`action="([^"]+/${step})"`).exec(shown.text)?.[1]
    if (!shown.hasLeft && action !== undefined) shown = await browser.submit(action, fields)
  }
  return shown
}
