/** The members of a list by a key, in the order in which the keys first appear. */
export const grouped = <T>(list: readonly T[], keyOf: (one: T) => string): [key: string, members: T[]][] => {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups]
}
