#!/usr/bin/env node
// run.mjs FILE: writes a line of its input to FILE, all of it under a lock.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const run = (program, ...words) => spawnSync(program, words, { stdio: 'inherit' }).status ?? 1

const held = JSON.parse(process.env.INTERLOCK_LOCKS ?? '[]')
if (!held.some((lock) => lock.path === '/app/blog')) {
    const options = ['--wait', '30s', '--reason', 'a line from Node']
    process.exit(run('interlock', 'lock', 'run', '/app/blog', ...options, '--', ...process.argv))
}

const [line] = readFileSync(0, 'utf8').split('\n')
const store = new URL('store', import.meta.url).pathname
process.exit(run(store, process.argv[2], process.env.INTERLOCK_TOKEN, line))
