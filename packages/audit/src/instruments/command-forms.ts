export interface CommandForm {
  form: string
  /** `shell` runs a command, `code` is evaluated as a program, `option` is taken for an option of a command. */
  kind: 'shell' | 'code' | 'option'
  value: string
}

/** Texts that create `file` when they reach a shell, an interpreter or the options of a command. */
export const commandForms: ((good: string, file: string) => CommandForm)[] = [
  (good, file) => ({ kind: 'shell', form: '; command', value: `${good}; touch ${file};` }),
  (good, file) => ({ kind: 'shell', form: '$(command)', value: `${good}$(touch ${file})` }),
  (good, file) => ({ kind: 'shell', form: '"; command', value: `${good}"; touch ${file}; "` }),
  (good, file) => ({ kind: 'shell', form: "'; command", value: `${good}'; touch ${file}; '` }),
  (good, file) => ({ kind: 'shell', form: '| command', value: `${good} | touch ${file}` }),
  (good, file) => ({ kind: 'shell', form: '&& command', value: `${good} && touch ${file}` }),
  (good, file) => ({ kind: 'shell', form: '`command`', value: `${good}\`touch ${file}\`` }),
  (good, file) => ({ kind: 'shell', form: 'a new line', value: `${good}\ntouch ${file}\n` }),
  (_, file) => ({ kind: 'option', form: 'an option that writes', value: `--output=${file}` }),
  (_, file) => ({ kind: 'code', form: 'Python code', value: `__import__("os").system("touch ${file}")` }),
  (_, file) => ({
    kind: 'code',
    form: 'JavaScript code',
    value: `process.getBuiltinModule("fs").writeFileSync("${file}", "")`,
  }),
]

/** Asked for help, a command prints its usage: it took a text for an option. */
export const helpOption = '--help'
