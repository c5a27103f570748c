// None of our own routes is as long. Anybody can send one of many kilobytes, as often as they like,
// and the log would fill the disk.
const longest = 200

/** A request's path for the log: no more than its first 200 characters. */
export function loggedPath({ path }: { readonly path: string }): string {
  return path.slice(0, longest)
}
