/**
 * Finds the browser for the end-to-end tests and installs Debian's package if there is none. Always exits with 0:
 * without a browser, the tests that need it say SKIPPED and why.
 */
import { spawnSync } from 'node:child_process';
import { findChromium } from './find-chromium.ts';

const installTimeoutMs = 300_000;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

function run(command: readonly string[]): boolean {
	const [program = '', ...args] = command;
	const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const result = spawnSync(program, args, { timeout: installTimeoutMs, encoding: 'utf8', env: environment });
	if (result.status === 0) return true;
	const lines = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n');
	const cause = result.error?.message ?? lines.at(-1) ?? `exit code ${result.status}`;
	say(`  ${command.join(' ')}: ${cause}`);
	return false;
}

/** null if this user needs a password to install packages. */
function asRoot(): readonly string[] | null {
	if (process.getuid?.() === 0) return [];
	const sudo = spawnSync('sudo', ['-n', 'true'], { timeout: 10_000 });
	return sudo.status === 0 ? ['sudo', '-n'] : null;
}

function install(): boolean {
	if (spawnSync('apt-get', ['--version']).status !== 0) {
		say('  This system has no apt-get');
		return false;
	}
	const prefix = asRoot();
	if (prefix === null) {
		say('  Installing it needs root or a sudo that asks for no password');
		return false;
	}
	const environment = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive'];
	const packages = ['install', '-y', '--no-install-recommends', 'chromium-headless-shell'];
	// A machine that was never updated knows no packages; any other may be out of date.
	return run([...environment, 'apt-get', 'update', '-q']) && run([...environment, 'apt-get', ...packages]);
}

const present = findChromium();
if (present) {
	say(`Chromium: ${present}`);
} else if (process.env.CHROMIUM) {
	say(`Chromium: CHROMIUM names ${process.env.CHROMIUM}, which cannot be run; the browser tests are skipped`);
} else {
	say(
		"Chromium: none found. The browser tests drive one, so Debian's package `chromium-headless-shell` is installed now …",
	);
	const installed = install() ? findChromium() : null;
	if (installed) say(`Chromium: ${installed}`);
	else say('Chromium: not installed; the browser tests are skipped. Install it, or set CHROMIUM to its path.');
}
