// Required by Node before the program that is audited (NODE_OPTIONS): tells in the file AIRWORTHY_PROTOTYPE_FILE when a
// key of the audit appears on the prototype of all objects.
'use strict'

const { writeFileSync } = require('node:fs')

const file = process.env.AIRWORTHY_PROTOTYPE_FILE
const everyMs = 20

const look = () => {
  for (const key in {}) {
    if (!key.startsWith('airworthy')) continue
    clearInterval(timer)
    try {
      writeFileSync(file, key)
    } catch {
      // The directory of the audit is gone: nobody asks any more.
    }
    return
  }
}
const timer = setInterval(look, everyMs)
timer.unref()
process.on('exit', look)
