import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface HungUp {
  method: string
  headers: Record<string, string>
  /** The beginning of a body whose rest never comes; without it the request is whole and its answer is not read. */
  begin?: string
}

const arrivalMs = 150

/** Begins a request and closes its socket in the middle, as a client does that was killed. */
export const hangUp = (url: string, { method, headers, begin }: HungUp): Promise<void> =>
  new Promise(resolve => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const outgoing = send(url, { method, headers, agent: false })
    const end = (): void => {
      clearTimeout(timer)
      outgoing.destroy()
      resolve()
    }
    const timer = setTimeout(end, arrivalMs)
    outgoing.on('error', end)
    outgoing.on('response', response => {
      response.on('error', () => {})
      end()
    })
    if (begin === undefined) outgoing.end()
    else outgoing.write(begin)
  })
