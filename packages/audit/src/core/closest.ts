const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

const sharedStart = (a: string, b: string): number => {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

/** The known word that was most likely meant; null when none is near. */
export const closest = (word: string, known: readonly string[]): string | null => {
  const asked = word.toLowerCase().slice(0, 64)
  const near = known
    .map(name => ({ name, away: name.includes(asked) && asked.length > 2 ? 1 : distance(asked, name.toLowerCase()) }))
    .toSorted((a, b) => a.away - b.away || sharedStart(asked, b.name) - sharedStart(asked, a.name))[0]
  return near && near.away <= Math.max(2, Math.floor(asked.length / 3)) ? near.name : null
}
