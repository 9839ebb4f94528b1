import { z } from 'zod'

/** Versions of the bundle format that are known here, oldest first. */
export const bundleVersions = ['0.1', '0.2', '0.3', '0.4'] as const
export type BundleVersion = (typeof bundleVersions)[number]

const text = z.string()
const url = z.url()
const command = z.strictObject({ command: text, args: z.array(text).optional(), env: z.record(text, text).optional() })

const option = z.strictObject({
  type: z.enum(['string', 'number', 'boolean', 'directory', 'file']),
  title: text,
  description: text,
  required: z.boolean().optional(),
  default: z.union([text, z.number(), z.boolean(), z.array(text)]).optional(),
  multiple: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})

const icon = z.strictObject({
  src: text,
  size: text.regex(/^\d+x\d+$/, 'a size such as 16x16'),
  theme: text.min(1).optional(),
})

const localization = z.strictObject({
  resources: text.regex(/\$\{locale\}/i, 'a path with ${locale} in it'),
  default_locale: text.regex(/^[A-Za-z0-9]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'a locale such as en-US'),
})

const since = (version: BundleVersion, first: BundleVersion): boolean =>
  bundleVersions.indexOf(version) >= bundleVersions.indexOf(first)

/** The manifest of a bundle, as its version of the format defines it. Unknown keys are refused there as well. */
export const bundleSchema = (version: BundleVersion) =>
  z.strictObject({
    $schema: text.optional(),
    manifest_version: text.optional(),
    dxt_version: text.optional(),
    name: text,
    display_name: text.optional(),
    version: text,
    description: text,
    long_description: text.optional(),
    author: z.strictObject({ name: text, email: z.email().optional(), url: url.optional() }),
    repository: z.strictObject({ type: text, url }).optional(),
    homepage: url.optional(),
    documentation: url.optional(),
    support: url.optional(),
    icon: text.optional(),
    screenshots: z.array(text).optional(),
    server: z.strictObject({
      type: z.enum(since(version, '0.4') ? ['python', 'node', 'binary', 'uv'] : ['python', 'node', 'binary']),
      entry_point: text,
      mcp_config: command.extend({ platform_overrides: z.record(text, command.partial()).optional() }),
    }),
    tools: z.array(z.strictObject({ name: text, description: text.optional() })).optional(),
    tools_generated: z.boolean().optional(),
    prompts: z
      .array(z.strictObject({ name: text, description: text.optional(), arguments: z.array(text).optional(), text }))
      .optional(),
    prompts_generated: z.boolean().optional(),
    keywords: z.array(text).optional(),
    license: text.optional(),
    compatibility: z
      .strictObject({
        claude_desktop: text.optional(),
        platforms: z.array(z.enum(['darwin', 'win32', 'linux'])).optional(),
        runtimes: z.strictObject({ python: text.optional(), node: text.optional() }).optional(),
      })
      .optional(),
    user_config: z.record(text, option).optional(),
    ...(since(version, '0.2') ? { privacy_policies: z.array(url).optional() } : {}),
    ...(since(version, '0.3')
      ? {
          icons: z.array(icon).optional(),
          localization: localization.optional(),
          _meta: z.record(text, z.record(text, z.unknown())).optional(),
        }
      : {}),
  })
