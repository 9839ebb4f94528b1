/** Any answer of the product as JSON: two spaces, one newline at the end, keys in the order of their type. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
