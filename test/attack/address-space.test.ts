import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { addressSpaceLimit, requireAddressSpace } from '../../models/address-space.ts';
import { cliEntry } from '../electron/hosts/cli/run-cli.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs `assay` in a shell that limits each process to this many kB of addresses. */
async function underLimit(kB: number, ...args: readonly string[]) {
	const command = `ulimit -v ${kB}; exec "$@"`;
	const child = spawn('sh', ['-c', command, 'sh', process.execPath, cliEntry, ...args]);
	const [stdout, stderr, code] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((resolve) => child.on('exit', resolve)),
	]);
	return { stdout, stderr, code };
}

// Node itself can't start below some 2.5 GB: nothing of Assay runs then.
test.runIf(process.platform === 'linux').each([3_000_000, 6_000_000])(
	'a host limited to %d kB of addresses says so at once instead of dying with a stack of addresses',
	async (kB) => {
		const { stderr, code } = await underLimit(kB, 'models', 'list', '--data', temporaryFolder());
		expect(stderr).toContain('ulimit -v');
		expect(stderr).toContain('ulimit -v unlimited');
		expect(stderr).not.toContain('Native stack trace');
		expect(code).toBe(1);
	},
);

test('the limit is read from Linux’s table; another system has none', async () => {
	const table = 'Limit                     Soft Limit           Hard Limit           Units\n';
	expect(
		addressSpaceLimit(() => `${table}Max address space         3072000000           unlimited            bytes\n`),
	).toBe(3_072_000_000);
	expect(
		addressSpaceLimit(() => `${table}Max address space         unlimited            unlimited            bytes\n`),
	).toBeNull();
	expect(
		addressSpaceLimit(() => {
			throw new Error('no such file');
		}),
	).toBeNull();
	expect((await failureOf(() => requireAddressSpace(3_072_000_000))).code).toBe('address-space-limited');
	requireAddressSpace(null);
	requireAddressSpace(8_000_000_000);
});
