import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'

/**
 * Local mode's client files allow redirects to this machine alone. Where `--issuer` is another
 * address, the demo app has one, too, and is told to the provider as any app's would be: in copies
 * of its files.
 * @returns the folder of the copies
 */
export async function withDemoRedirects(
  clientsFolder: string,
  folder: string,
  issuer: string,
): Promise<string> {
  const copies = join(folder, 'clients')
  await cp(join(clientsFolder, '..'), folder, { recursive: true })
  for (const name of ['demo-app.yaml', 'demo-partner.yaml']) {
    const file = join(copies, name)
    const client = parseDocument(await readFile(file, 'utf8'))
    client.set('redirect_uris', [`${issuer}/demo/callback`])
    client.set('post_logout_redirect_uris', [`${issuer}/demo`])
    await writeFile(file, client.toString())
  }
  return copies
}
