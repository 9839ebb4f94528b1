import { expect, it } from 'vitest'
import { metadataFaults } from './authorization.ts'

const issuer = 'https://as.example'
const good = {
  issuer,
  token_endpoint: 'https://as.example/token',
  code_challenge_methods_supported: ['plain', 'S256'],
}

it.each([
  ['good metadata', {}, '^$'],
  ['a slash at the end', { issuer: `${issuer}/` }, '^$'],
  ['endpoints of this machine', { token_endpoint: 'http://127.0.0.1:9/token' }, '^$'],
  ['another issuer', { issuer: 'https://other.example' }, 'its issuer'],
  ['no issuer', { issuer: undefined }, 'its issuer'],
  ['no S256', { code_challenge_methods_supported: ['plain'] }, 'S256'],
  ['no methods', { code_challenge_methods_supported: undefined }, 'S256'],
  ['an endpoint without TLS', { token_endpoint: 'http://as.example/token' }, 'token_endpoint'],
])('judges %s', (_, change, fault) => {
  expect(metadataFaults(issuer, { ...good, ...change }).join('; ')).toMatch(new RegExp(fault))
})
