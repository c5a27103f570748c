import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where local mode's files are. `dist` keeps the shape of the source, so the same steps lead there
 * from both.
 */
export const usersFile: string = beside('../../config/local/users.yaml')
export const clientsFolder: string = beside('../../config/local/clients')
/** The `postern` command itself: `main.ts` here, `main.js` in `dist`. */
export const command: string = beside(`../main${extname(import.meta.url)}`)

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
