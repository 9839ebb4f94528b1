/** `1-4, 7, 9-10` */
export const ranges = (numbers: readonly number[]): string => {
  const spans: [first: number, last: number][] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const open = spans.at(-1)
    if (open && number <= open[1] + 1) open[1] = number
    else spans.push([number, number])
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
