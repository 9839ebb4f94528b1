export interface AddressForm {
  form: string
  value: string
}

const numbers = 0x7f000001

/**
 * Ways to write an address of this machine, for a parameter that takes URLs; `path` begins with a slash. `known` is the
 * host of a URL that works, null where there is none.
 */
export const addressForms = (port: number, path: string, known: string | null): AddressForm[] => {
  const at = (host: string): string => `http://${host}:${port}${path}`
  return [
    { form: 'its address', value: at('127.0.0.1') },
    { form: 'its name', value: at('localhost') },
    { form: 'its name with a dot at the end', value: at('localhost.') },
    { form: 'its address as one number', value: at(String(numbers)) },
    { form: 'its address in hexadecimal', value: at('0x7f.0.0.1') },
    { form: 'its address with parts left out', value: at('127.1') },
    { form: 'another address of its own', value: at('127.0.0.2') },
    { form: 'the address of no machine, which is this one', value: at('0.0.0.0') },
    { form: 'its address inside of one of IPv6', value: at('[::ffff:127.0.0.1]') },
    { form: 'its address of IPv6', value: at('[::1]') },
    { form: 'another host in front of an @', value: at(`${known ?? 'pages.example'}@127.0.0.1`) },
  ]
}

/** The same for a parameter that takes the name of a host. */
export const hostForms = (port: number): AddressForm[] =>
  ['127.0.0.1', 'localhost', String(numbers), '127.1', '[::1]'].map(host => ({
    form: `${host} and a port`,
    value: `${host}:${port}`,
  }))
