/** Parses a URL in which `{port}` stands for a free port; null when it is not http or https. */
export const parseServerUrl = (text: string): URL | null => {
  try {
    const url = new URL(text.replaceAll('{port}', '1'))
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null
  } catch {
    return null
  }
}

export const isServerUrl = (text: string): boolean => parseServerUrl(text) !== null
